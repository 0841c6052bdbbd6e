"""Small startup profiles written for the judgement cases; none of them is a real company.

Their texts are in Vietnamese, in English or in both, and a few in Vietnamese without diacritics,
as profiles come to an officer's desk. What is not said in a profile is unknown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.profile import LanguageSkill, Startup


def example(name: str, sectors: str, stage: str | None, **fields: Any) -> Startup:
    """A startup of Ho Chi Minh City whose name says that it is an example ("Ví dụ ...")."""
    values: dict[str, Any] = {
        "id": f"vi-du-{name}",
        "name": f"Ví dụ {name}",
        "country": "VN",
        "city": "Ho Chi Minh City",
        "legal_status": "company",
        "sectors": tuple(sectors.split()),
        "stage": stage,
        "source": "written for a judgement",
        "as_of": date(2026, 1, 31),
    }
    for field in ("target_markets", "needs", "markets"):
        if field in fields:
            fields[field] = tuple(fields[field].split())
    return Startup(**(values | fields))


def speaks(*skills: str) -> tuple[LanguageSkill, ...]:
    """Languages with their levels, each written "en B2"."""
    return tuple(LanguageSkill(*skill.split()) for skill in skills)


WRITTEN: tuple[Startup, ...] = (
    example(
        "ao-tom",
        "aquaculture iot",
        "seed",
        description_vi="Cảm biến đo oxy, độ mặn và pH trong ao nuôi tôm, cảnh báo qua điện thoại "
        "để hộ nuôi bật quạt nước kịp thời và giảm tôm chết.",
        target_markets="SG NO",
        needs="pilot_customers market_access investor_access",
    ),
    example(
        "ca-tra",
        "aquaculture",
        "pre_seed",
        description_vi="Men vi sinh va phan mem theo doi thuc an cho ca tra, giam chi phi thuc an "
        "va khang sinh cho ho nuoi o Dong Thap.",
        needs="mentoring funding",
    ),
    example(
        "rong-bien",
        "cleantech foodtech",
        "seed",
        description_en="Seaweed farmed off the coast of Khanh Hoa takes up carbon and nutrients; "
        "we grow it on rope systems, process it and sell it for packaging and food.",
        target_markets="NO SG",
        needs="funding investor_access mentoring",
    ),
    example(
        "vi-dien-tu",
        "fintech",
        "seed",
        description_en="Payment acceptance for street shops: one QR code for every wallet and "
        "bank, daily settlement and a ledger from which lenders can read turnover.",
        target_markets="SG",
        needs="pilot_customers market_access",
    ),
    example(
        "bao-hiem-so",
        "fintech",
        "series_a",
        description_vi="Nền tảng bán bảo hiểm vi mô qua điện thoại và xử lý bồi thường tự động cho "
        "công ty bảo hiểm và ngân hàng.",
        target_markets="AE",
        needs="pilot_customers regulatory expansion",
    ),
    example(
        "ngan-hang-mo",
        "fintech",
        "seed",
        description_en="Open-banking software that lets banks share account data safely with "
        "lenders and wealth managers, with compliance reports built in.",
        target_markets="CH",
        needs="pilot_customers investor_access",
    ),
    example(
        "goi-von-jakarta",
        "fintech",
        "seed",
        description_vi="Chấm điểm tín dụng cho tiểu thương bằng dữ liệu giao dịch, cung cấp cho "
        "công ty tài chính.",
        target_markets="ID",
        needs="pilot_customers investor_access",
        languages=speaks("vi C2", "en B2"),
    ),
    example(
        "me-singapore",
        "fintech",
        "seed",
        legal_status="foreign_parent",
        parent_country="SG",
        description_en="Invoice finance for small exporters; the holding company is in Singapore, "
        "the team and the product are in Ho Chi Minh City.",
        target_markets="SG HK",
        needs="investor_access pilot_customers",
        will_incorporate_abroad=False,
    ),
    example(
        "thuc-pham-halal",
        "foodtech",
        "seed",
        description_vi="Sản xuất phở và bún ăn liền đạt chứng nhận halal, muốn xuất khẩu và tìm "
        "nhà phân phối tại Malaysia và các nước vùng Vịnh.",
        target_markets="MY AE SA",
        needs="market_access regulatory",
    ),
    example(
        "chip-iot",
        "semiconductor hardware",
        "seed",
        description_en="Fabless designer of low-power microcontroller chips for meters and "
        "sensors; first silicon works, next is a second tape-out at a foundry.",
        target_markets="TW",
        needs="product_dev investor_access",
    ),
    example(
        "vi-mach",
        "semiconductor",
        "prototype",
        description_vi="Nhóm thiết kế vi mạch khuếch đại công suất, đã có nguyên mẫu trên bo mạch, "
        "cần phòng thí nghiệm đo kiểm và hỗ trợ sở hữu trí tuệ.",
        target_markets="TW",
        needs="lab_access ip_support product_dev",
    ),
    example(
        "nhom-y-tuong",
        "ict",
        "idea",
        legal_status="team",
        description_vi="Nhóm ba sinh viên có ý tưởng ứng dụng ghép nhóm học tập, chưa có công ty, "
        "chưa có sản phẩm, muốn học cách kiểm chứng nhu cầu.",
        needs="training mentoring",
        goal="learn",
    ),
    example(
        "mot-minh",
        "ai",
        "idea",
        legal_status="team",
        description_en="One engineer who still has a day job and an idea for an assistant that "
        "drafts tenders; looking for a co-founder to start with full time.",
        needs="training talent",
        target_markets="SG",
        goal="learn",
    ),
    example(
        "khong-chia-von",
        "ict",
        "seed",
        description_vi="Phần mềm quản lý phòng khám nha, đang có lãi. Công ty không bán và không "
        "chuyển nhượng cổ phần.",
        max_equity_percent=0,
        needs="mentoring market_access",
    ),
    example(
        "hai-tuan",
        "iot hardware",
        "seed",
        description_vi="Thiết bị đo điện thông minh cho nhà máy; cần tìm đối tác sản xuất. Chỉ hai "
        "người đi được và nhiều nhất là hai tuần.",
        target_markets="TW",
        needs="product_dev market_access",
        can_travel_weeks=2,
        people_to_send=2,
    ),
    example(
        "o-nha",
        "ai ict",
        "mvp",
        description_en="A small team that builds a language model for Vietnamese law and cannot "
        "leave the country this year.",
        can_travel_weeks=0,
        needs="cloud_credits product_dev",
    ),
    example(
        "tieng-han",
        "ict",
        "mvp",
        description_vi="Ứng dụng luyện thi tiếng Hàn cho người lao động. Nhóm làm việc bằng tiếng "
        "Việt và tiếng Hàn, không dùng được tiếng Anh.",
        target_markets="KR",
        needs="mentoring workspace",
        languages=speaks("vi C2", "ko B2"),
    ),
    example(
        "tieng-nhat",
        "manufacturing iot",
        "seed",
        description_vi="Phần mềm đọc tín hiệu máy công cụ cho xưởng cơ khí, do các kỹ sư từng làm "
        "ở Nhật sáng lập. Nhóm nói tiếng Nhật, không ai nói tiếng Anh.",
        target_markets="JP",
        needs="pilot_customers market_access",
        languages=speaks("vi C2", "ja C1"),
    ),
    example(
        "di-han-quoc",
        "ecommerce consumer",
        "mvp",
        description_vi="San giao dich hang thu cong Viet Nam, muon mo cong ty va ban hang tai Han "
        "Quoc.",
        target_markets="KR",
        needs="market_access expansion",
        languages=speaks("vi C2", "en B2"),
        goal="move_abroad",
    ),
    example(
        "khach-nhat",
        "iot manufacturing",
        "seed",
        description_en="Vibration sensors and software that tell factories when a machine will "
        "fail; four plants in Binh Duong pay for it. We look for customers in Japan.",
        target_markets="JP",
        needs="pilot_customers market_access",
        goal="first_customers",
    ),
    example(
        "dat-va-lua",
        "agritech",
        "seed",
        description_en="Soil probes and an advisory app that tell growers how much fertiliser to "
        "apply on pasture and crops.",
        target_markets="NZ AU",
        needs="pilot_customers funding",
    ),
    example(
        "dam-nam-men",
        "foodtech biotech",
        "prototype",
        description_vi="Lên men nấm để làm đạm thay thế thịt, mới ở quy mô phòng thí nghiệm, cần "
        "nơi thử nghiệm và vốn ban đầu.",
        needs="lab_access funding",
    ),
    example(
        "trang-trai-eu",
        "agritech foodtech",
        "seed",
        description_vi="Chế phẩm sinh học bảo vệ cây ăn trái thay thuốc hóa học, muốn thử nghiệm "
        "và bán tại châu Âu.",
        target_markets="NL EU",
        needs="pilot_customers market_access",
    ),
    example(
        "tro-ly-toan",
        "edtech",
        "seed",
        description_vi="Phan mem luyen toan cho hoc sinh tieu hoc, dang day thu tai 20 truong, "
        "muon tim truong hoc o chau Au.",
        target_markets="FI EU",
        needs="pilot_customers product_dev",
    ),
    example(
        "lop-hoc-hk",
        "edtech ai",
        "mvp",
        description_en="A reading tutor that listens to children and corrects their English; first "
        "two language centres use it. We want schools in Hong Kong.",
        target_markets="HK",
        needs="grant investor_access",
        will_incorporate_abroad=True,
    ),
    example(
        "gen-ung-thu",
        "biotech",
        "prototype",
        description_en="Spin-off of a university: a liquid-biopsy assay for liver cancer works at "
        "the bench and needs a wet laboratory and clinical partners.",
        team_size=4,
        needs="lab_access product_dev funding",
    ),
    example(
        "thiet-bi-y-te",
        "healthtech hardware",
        "seed",
        description_vi="Máy theo dõi hô hấp cho trẻ sơ sinh, đã thử tại hai bệnh viện, cần bệnh "
        "viện ở Mỹ dùng thử.",
        target_markets="US",
        needs="pilot_customers product_dev",
    ),
    example(
        "vat-lieu-nano",
        "materials deeptech",
        "prototype",
        legal_status="team",
        description_vi="Nhóm nghiên cứu của trường đại học làm màng lọc nước bằng vật liệu nano, "
        "có nguyên mẫu, cần phòng thí nghiệm.",
        target_markets="NL",
        needs="lab_access product_dev",
    ),
    example(
        "xe-tai",
        "logistics",
        "seed",
        description_vi="Phần mềm ghép hàng cho xe tải chạy rỗng, tối ưu tuyến cho doanh nghiệp sản "
        "xuất và hãng chuyển phát.",
        target_markets="DE",
        needs="pilot_customers",
    ),
    example(
        "cang-bien",
        "logistics",
        "seed",
        description_en="Software that books container slots and truck gates at ports and cuts the "
        "waiting of lorries; in use at Cat Lai.",
        target_markets="KR",
        needs="market_access investor_access",
    ),
    example(
        "tro-choi",
        "gaming",
        "seed",
        description_en="A studio of nine that makes mobile strategy games set in Vietnamese "
        "history; the first title has 300,000 players.",
        target_markets="EU",
        needs="investor_access mentoring",
    ),
    example(
        "ve-tinh",
        "space deeptech",
        "mvp",
        description_vi="Phân tích ảnh vệ tinh để đo sản lượng lúa và ngập lụt, bán dữ liệu cho "
        "doanh nghiệp bảo hiểm và cơ quan nhà nước.",
        target_markets="LU EU",
        needs="grant product_dev",
        founded_year=2024,
        team_size=5,
        full_time_people=4,
    ),
    example(
        "thoi-trang",
        "consumer",
        "mvp",
        description_vi="Thương hiệu thời trang thiết kế từ vải sợi chuối, muốn mở công ty và cửa "
        "hàng tại Tokyo.",
        target_markets="JP",
        needs="visa_support legal_setup",
        will_incorporate_abroad=True,
        goal="move_abroad",
    ),
    example(
        "du-lich",
        "travel",
        "seed",
        description_en="Booking and guides for small-group food tours; 40 local hosts in Vietnam, "
        "next step is Thailand.",
        target_markets="TH",
        needs="market_access grant",
    ),
    example(
        "doanh-nghiep-xa-hoi",
        "agritech",
        "seed",
        description_en="Social enterprise that sells drought-proof seed and advice to poor farming "
        "households on credit, and measures the income they gain.",
        needs="investor_access training",
    ),
    example(
        "do-thi-so",
        "smart_city",
        "seed",
        description_vi="Phần mềm tiếp nhận phản ánh của người dân và quản lý chiếu sáng, rác thải "
        "cho chính quyền địa phương.",
        needs="pilot_customers market_access",
        target_markets="DE",
    ),
    example(
        "khi-hau",
        "cleantech",
        "idea",
        legal_status="team",
        description_en="Two scientists with an idea for cement without clinker; no company yet; "
        "they look for partners to found one with.",
        needs="training funding",
        target_markets="GB",
        team_size=2,
    ),
    example(
        "mo-hinh-lon",
        "ai",
        "seed",
        description_en="Generative models that write and voice Vietnamese advertising films; "
        "training costs are our largest bill.",
        needs="cloud_credits product_dev",
    ),
    example(
        "an-ninh-mang",
        "cybersecurity",
        "seed",
        description_vi="Giải pháp phát hiện xâm nhập mạng cho ngân hàng và nhà mạng viễn thông.",
        target_markets="GB",
        needs="pilot_customers market_access",
    ),
    example(
        "an-ninh-uc",
        "cybersecurity",
        "series_a",
        description_en="Managed threat detection for mid-sized firms; 60 customers in Vietnam.",
        target_markets="AU",
        needs="pilot_customers investor_access workspace",
    ),
    example(
        "pin-luu-tru",
        "energy cleantech",
        "seed",
        description_vi="Hệ thống pin lưu trữ điện mặt trời cho nhà xưởng, muốn bán cho công ty "
        "điện lực tại Úc.",
        target_markets="AU",
        needs="pilot_customers mentoring",
    ),
    example(
        "robot-kho",
        "robotics manufacturing",
        "seed",
        description_en="Mobile robots that carry parts between lines in car and electronics "
        "plants; two factories have bought them.",
        target_markets="DE",
        needs="pilot_customers product_dev",
    ),
    example(
        "nguyen-mau-robot",
        "robotics hardware",
        "prototype",
        description_vi="Cánh tay robot giá rẻ cho xưởng gỗ, có nguyên mẫu, cần xưởng cơ khí và kỹ "
        "sư hỗ trợ để ra bản sản xuất.",
        needs="product_dev lab_access funding",
        target_markets="US",
        max_equity_percent=10,
    ),
    example(
        "chuoi-khoi",
        "blockchain",
        "pre_seed",
        description_vi="Ví tài sản số và công cụ truy vết giao dịch trên chuỗi khối cho sàn giao "
        "dịch, đội ngũ kỹ thuật mạnh.",
        needs="mentoring investor_access",
        max_equity_percent=0,
    ),
    example(
        "noi-dung-so",
        "media",
        "mvp",
        description_en="A studio for Vietnamese podcasts and short documentaries that wants a base "
        "in the Gulf with recording rooms and a trade licence.",
        target_markets="AE",
        needs="workspace legal_setup",
    ),
    example(
        "phan-mem-nhan-su",
        "enterprise_software hrtech",
        "seed",
        description_en="Shift planning and payroll sold by subscription to factories with more "
        "than 500 workers; 30 paying enterprises.",
        target_markets="US",
        needs="training investor_access",
    ),
    example(
        "vao-an-do",
        "fintech enterprise_software",
        "seed",
        description_vi="Phần mềm đối soát thanh toán cho ngân hàng, muốn thử nghiệm với ngân hàng "
        "Ấn Độ.",
        target_markets="IN",
        needs="pilot_customers market_access",
    ),
    example(
        "vao-trung-quoc",
        "consumer ecommerce",
        "seed",
        description_vi="Thuong hieu ca phe dac san ban truc tuyen, muon ban hang tai Thuong Hai.",
        target_markets="CN",
        needs="market_access legal_setup",
    ),
    example(
        "bang-sang-che",
        "deeptech",
        "series_a",
        description_en="Owner of six patents on acoustic cooling without refrigerant; the founders "
        "mean to move the headquarters to the United Kingdom.",
        target_markets="GB",
        needs="visa_support legal_setup investor_access",
        will_incorporate_abroad=True,
        goal="move_abroad",
    ),
    example(
        "nha-may-basque",
        "manufacturing",
        "seed",
        description_vi="Camera và trí tuệ nhân tạo phát hiện lỗi sản phẩm trên dây chuyền, đã bán "
        "cho năm nhà máy.",
        target_markets="ES",
        needs="pilot_customers",
    ),
    example(
        "my-la-tinh",
        "ict",
        "seed",
        description_en="Sales software for small shops with paying customers in Vietnam; one "
        "founder grew up in Peru and we open Latin America next.",
        target_markets="CL CO",
        needs="grant market_access expansion",
        languages=speaks("vi C2", "en C1", "es C1"),
    ),
    example(
        "canada",
        "deeptech ai",
        "seed",
        description_en="Quantum-inspired optimisation of power grids by three physicists with "
        "doctorates; two utilities test it.",
        target_markets="CA",
        needs="mentoring investor_access",
        max_equity_percent=0,
    ),
    example(
        "a-rap",
        "deeptech",
        "mvp",
        description_vi="Màng lọc nước biển tiêu tốn ít điện, cần phòng thí nghiệm và nơi thử "
        "nghiệm ở Trung Đông.",
        target_markets="SA",
        needs="lab_access workspace",
    ),
    example(
        "tang-truong",
        "foodtech ecommerce",
        "growth",
        size="sme",
        description_vi="Chuỗi cung ứng đồ uống từ trái cây, doanh thu ổn định, muốn thí điểm với "
        "nhà bán lẻ Thụy Sĩ.",
        target_markets="CH",
        needs="pilot_customers market_access",
    ),
    example(
        "paris",
        "ict",
        "mvp",
        description_en="A planning tool for architects with first users; founders are graduates "
        "of good means who want a desk and a community in Paris.",
        target_markets="FR",
        needs="workspace investor_access",
    ),
    example(
        "bat-dong-san",
        "proptech smart_city",
        "mvp",
        description_vi="Phần mềm quản lý tòa nhà chung cư và đo điện nước từng căn hộ, cần một khu "
        "đô thị để thử nghiệm.",
        target_markets="MY",
        needs="pilot_customers mentoring",
    ),
    example(
        "cong-ty-uc",
        "ict",
        "seed",
        legal_status="foreign_parent",
        parent_country="AU",
        description_en="Software for tradespeople; the parent company and one founder are in "
        "Melbourne, the engineers in Ho Chi Minh City.",
        target_markets="AU",
        needs="mentoring funding",
    ),
    example(
        "mot-nguoi",
        "healthtech ict",
        "mvp",
        founded_year=2025,
        team_size=1,
        full_time_people=1,
        description_vi="Một bác sĩ tự viết phần mềm nhắc uống thuốc, chưa có cộng sự, muốn vào "
        "châu Âu.",
        target_markets="EU",
        needs="mentoring training",
    ),
)
