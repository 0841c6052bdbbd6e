"""What a person who knows the field would say: for this startup, one programme before another.

Written from the rows of the shipped catalogue and from knowledge of the fields before the engine
had seen any of them. They are a judgement, not a training set: nothing is fitted on them, and a
case changes only where it misread a fact of the catalogue, which its ground then says.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """For a startup, ``better`` before ``worse``; ``refused``: the worse may not be offered."""

    startup: str
    better: str
    worse: str
    ground: str
    refused: bool = False


HATCH = "hatch-blue-hatch-aquaculture-accelerator"
KSGC = "mss-k-startup-grand-challenge"
MC_HEALTH = "masschallenge-healthtech"
TECHFOUNDERS = "unternehmertum-techfounders"
AUTOBAHN = "plug-and-play-germany-startup-autobahn"
GARAGE = "epoch-foundation-garage-startup-global-program"
PNP_TOKYO = "plug-and-play-japan-plug-and-play-tokyo"
STATION_AI = "aichi-prefecture-softbank-station-ai"
CDL = "creative-destruction-lab-cdl"
FIVE = "500-global-flagship-accelerator"
FINTECH_HIVE = "difc-innovation-hub-fintech-hive"
SHIBUYA = "shibuya-city-shibuya-startup-support"
SKYDECK = "uc-berkeley-berkeley-skydeck"
BII = "bioinnovation-institute-bii-programmes"
GIA = "enterprise-singapore-global-innovation-alliance-acceleration"
KICKSTART = "kickstart-innovation-kickstart"
GENER8TOR = "gener8tor-investment-accelerators"
SMILE = "smile-venture-hub-smile-incubation"
ALPHA = "1337-ventures-alpha-startups"
NIA = "nia-startup-programmes-global-startup-hub"
SCALE2DUBAI = "expo-city-dubai-scale2dubai"
CICADA = "cicada-innovations-cicada-incubation"
SMU_BIG = "smu-iie-business-innovations-generator"
WISE_GUYS = "startup-wise-guys-accelerators"

EASY: tuple[Case, ...] = (
    Case("vi-du-ao-tom", HATCH, "tenity-singapore-incubation", "Shrimp ponds against finance."),
    Case("vi-du-ao-tom", HATCH, "era-nyc", "A specialist of the sector, against New York media."),
    Case("tepbac", HATCH, "cyberport-incubation-programme", "Farms in water, not digital finance."),
    Case("vi-du-ca-tra", HATCH, "xedu-accelerator",
         "Fish feed has no place in a school programme."),
    Case("vi-du-rong-bien", "katapult-ocean", "dogpatch-labs", "Seaweed is named by the fund."),
    Case("vi-du-vi-dien-tu", "tenity-singapore-incubation", MC_HEALTH, "Never to medtech only."),
    Case("infina", "tenity-singapore-incubation", SMILE, "Savings app against wet laboratories."),
    Case("fundiin", "masschallenge-fintech", MC_HEALTH, "Consumer credit is finance, not health."),
    Case("vi-du-bao-hiem-so", FINTECH_HIVE, "tecom-group-in5", "Regulated finance with insurers."),
    Case("vi-du-ngan-hang-mo", "tenity-zurich", SMILE, "Bank software for Swiss banks."),
    Case("vi-du-thuc-pham-halal", "mranti-global-accelerator-programme", PNP_TOKYO, "To Malaysia."),
    Case("vi-du-thuc-pham-halal", SCALE2DUBAI, KICKSTART, "The Gulf is the market, not Zurich."),
    Case("vi-du-chip-iot", "nstc-taiwan-tech-arena", "moea-smea-nangang-software-incubator",
         "A chip firm wants the hub that names chips, not a house for software."),
    Case("vi-du-vi-mach", "itri-incubation-center", "ntust-global-talent-entrepreneurship-program",
         "The chip laboratories of Hsinchu against coaching of students in Taiwan."),
    Case("vi-du-nhom-y-tuong", ALPHA, FIVE, "An idea is too early for a growth accelerator.", True),
    Case("vi-du-nhom-y-tuong", "founder-institute-core-program", "hub71-programme",
         "Made for people with only an idea; Hub71 begins at seed.", True),
    Case("vi-du-mot-minh", "antler-singapore-residency", "iterative-accelerator",
         "Individuals find co-founders at Antler; Iterative takes companies that grow.", True),
    Case("vi-du-khong-chia-von", "parallel18", GENER8TOR, "Grant without shares against 7 %."),
    Case("vi-du-khong-chia-von", "launch-academy", SKYDECK,
         "No shares to give, SkyDeck takes 7.5."),
    Case("vi-du-hai-tuan", GARAGE, KSGC, "Two weeks in Taiwan; the other stay is 15.", True),
    Case("vi-du-hai-tuan", GARAGE, "sosv-hax", "26 weeks on site cannot be done in two.", True),
    Case("vi-du-o-nha", "aws-generative-ai-accelerator", "y-combinator-yc-batch",
         "A team that cannot travel does not spend 13 weeks in San Francisco.", True),
    Case("vi-du-tieng-han", "ccei-centers-for-creative-economy-and-innovation", KSGC,
         "Korean is spoken; the Grand Challenge works in English only.", True),
    Case("vi-du-tieng-nhat", STATION_AI, AUTOBAHN, "Japanese is spoken, English is not.", True),
    Case("vi-du-di-han-quoc", KSGC, "luxinnovation-fit-4-start", "Wants Korea, not Europe."),
    Case("vi-du-di-han-quoc", KSGC, "start-up-chile-ignite", "Wants Korea, not Chile."),
    Case("vi-du-khach-nhat", STATION_AI, "true-digital-park", "Factories of Aichi, not Bangkok."),
    Case("vi-du-dat-va-lua", "sprout-agritech-accelerator", "stone-chalk-startup-hub",
         "Pasture and crop tools against a finance and cyber hub."),
    Case("enfarm-agritech", "startlife-accelerate", "masschallenge-fintech", "Soil, not banks."),
    Case("mimosatek", "sparklabs-cultiv8-accelerator", "xedu-accelerator", "Farm trials."),
    Case("cricket-one", "startlife-accelerate", "stone-chalk-startup-hub", "Insect protein."),
    Case("vi-du-dam-nam-men", "sosv-indiebio", "alchemist-accelerator",
         "Fermentation, no software."),
    Case("vi-du-trang-trai-eu", "startlife-accelerate", "maria-01-campus", "Crop protection."),
    Case("vi-du-tro-ly-toan", "xedu-accelerator", SMILE, "Schools of Finland for school software."),
    Case("clevai", "xedu-accelerator", "energylab-acceleration", "Lessons, not power stations."),
    Case("vi-du-gen-ung-thu", "sosv-indiebio", "dmz-incubator", "Wet laboratory, not software."),
    Case("genestory", "sginnovate-deep-tech-programmes", "stone-chalk-startup-hub", "Genetics."),
    Case("vi-du-thiet-bi-y-te", MC_HEALTH, "masschallenge-fintech", "Hospitals, not banks."),
    Case("vulcan-augmetics", MC_HEALTH, "tenity-zurich", "Prosthetic arms against finance."),
    Case("vi-du-vat-lieu-nano", "yes-delft-programmes", "lanzadera", "Laboratory beside TU Delft."),
    Case("vi-du-xe-tai", AUTOBAHN, "grunhof-smart-green-accelerator",
         "Freight pilots, DHL a partner."),
    Case("vi-du-cang-bien", "busan-metropolitan-city-fly-asia-busan-startup-support", BII,
         "Ports of Busan against life science."),
    Case("vi-du-tro-choi", "maria-01-campus", "startlife-accelerate", "Games against food."),
    Case("vi-du-ve-tinh", "luxinnovation-fit-4-start", "tenity-zurich",
         "Space is one of its fields."),
    Case("vi-du-du-lich", NIA, "moea-startup-terrace-kaohsiung", "Tourism in Thailand."),
    Case("vi-du-do-thi-so", "spinlab-the-hhl-accelerator", "rockstart-agrifood-and-energy",
         "Smart city with German municipalities against food and energy."),
    Case("vi-du-khi-hau", "carbon13-venture-builder", "wayra-uk",
         "Climate founders without company.",
         True),
    Case("vi-du-an-ninh-uc", "stone-chalk-startup-hub", "sprout-agritech-accelerator", "Cyber."),
    Case("vi-du-pin-luu-tru", "energylab-acceleration", "stone-chalk-startup-hub",
         "Storage, Australia."),
    Case("alterno", "elemental-impact-elemental", "era-nyc", "Heat storage with a first project."),
    Case("vi-du-robot-kho", AUTOBAHN, "spinlab-the-hhl-accelerator", "Car plants buy robots."),
    Case("vi-du-nguyen-mau-robot", "sosv-hax", "dmz-incubator", "Workshops against desks."),
    Case("vi-du-chuoi-khoi", "appworks-accelerator", "energylab-acceleration",
         "Blockchain, no shares."),
    Case("vi-du-noi-dung-so", "tecom-group-in5", "kacst-the-garage-the-garage-accelerator",
         "Content studios and a licence in Dubai against a science district."),
    Case("vi-du-phan-mem-nhan-su", "alchemist-accelerator", "sosv-hax", "Enterprise sales."),
    Case("vi-du-vao-an-do", "zone-startups-india", "xnode-landing-programmes", "India, not China."),
    Case("vi-du-vao-trung-quoc", "xnode-landing-programmes", "t-hub-t-bridge", "China, not India."),
    Case("vi-du-my-la-tinh", "start-up-chile-growth", "creative-hq-programmes", "Spanish, Chile."),
    Case("vi-du-canada", CDL, "launch-academy", "Science-based venture against software training."),
    Case("vi-du-tang-truong", KICKSTART, "founder-institute-core-program",
         "A growth firm is no pupil of a school for ideas.", True),
    Case("hamona", KICKSTART, ALPHA, "An exporter at growth against a pre-accelerator.", True),
    Case("coderschool", "xedu-accelerator", KSGC, "Founded in 2015: older than seven years.", True),
    Case("alterno", CICADA, "startmate-accelerator", "Startmate is for Australia's own.", True),
    Case("tepbac", HATCH, "german-accelerator-southeast-asia-programme",
         "German firms only.", True),
    Case("phenikaa-maas", SCALE2DUBAI, "masschallenge-us-early-stage", "Closed.", True),
    Case("cyberpurify", WISE_GUYS, "innosuisse-internationalisation-camps-and-startup-coaching",
         "The Swiss agency coaches Swiss firms.", True),
    Case("vi-du-mot-nguoi", "tehnopol-startup-incubator", "luxinnovation-fit-4-start",
         "Fit 4 Start wants two people at least; he is alone.", True),
    Case("manabie", "cic-tokyo", "jetro-global-acceleration-hub",
         "The hubs serve Japan's own.", True),
    Case("vi-du-me-singapore", "tenity-singapore-incubation", "cyberport-incubation-programme",
         "A Singapore holding stands; it will found no company in Hong Kong.", True),
)  # fmt: skip

HARD: tuple[Case, ...] = (
    Case("vi-du-ao-tom", HATCH, "katapult-ocean",
         "Both take aquaculture; pond sensors are Hatch's daily work, Katapult looks at the sea."),
    Case("vi-du-ao-tom", "katapult-ocean", "trendlines-agrifood-incubation",
         "A seed firm with users: Trendlines forms companies from ideas."),
    Case("vi-du-rong-bien", "katapult-ocean", "sginnovate-deep-tech-programmes",
         "Singapore is a market, but ocean investors know seaweed."),
    Case("vi-du-vi-dien-tu", "tenity-singapore-incubation",
         SMU_BIG,
         "Both in Singapore; banks for pilots stand behind the specialist."),
    Case("vi-du-ngan-hang-mo", "tenity-zurich", KICKSTART,
         "Both Swiss and open to finance; seed stage and compliance speak for the fintech house."),
    Case("vi-du-goi-von-jakarta", "gk-plug-and-play-indonesia", "nus-enterprise-block71-jakarta",
         "Both in Jakarta; pilots with lenders and finance as main field decide."),
    Case("vi-du-bao-hiem-so", FINTECH_HIVE, "hub71-programme",
         "Both in the Emirates; insurers and regulatory help are asked for."),
    Case("vi-du-me-singapore", "tenity-singapore-incubation", "zone-startups-india",
         "Both know invoice finance; the holding and the market are in Singapore."),
    Case("vi-du-thuc-pham-halal", "mranti-global-accelerator-programme",
         "trendlines-agrifood-incubation",
         "A food maker that sells needs the halal market, not a builder of food inventions."),
    Case("vi-du-chip-iot", "nstc-taiwan-tech-arena", "sparklabs-taiwan-accelerator",
         "Both in Taipei at seed; only one has chips and hardware makers as its field."),
    Case("vi-du-chip-iot", "nstc-taiwan-tech-arena", SKYDECK,
         "SkyDeck likes chips too, yet the foundries and the wished market are in Taiwan."),
    Case("vi-du-vi-mach", "itri-incubation-center", "hightechxl-venture-building",
         "Both know chips; HighTechXL chooses the technology itself, ITRI opens its laboratories."),
    Case("vi-du-mot-minh", "antler-singapore-residency", "founder-institute-core-program",
         "Goes full time, seeks a co-founder, and looks to Singapore: a residency, not evenings."),
    Case("vi-du-nhom-y-tuong", ALPHA, "antler-singapore-residency",
         "Students who want to learn validation; Antler seeks experienced people, full time."),
    Case("vi-du-hai-tuan", GARAGE, "moea-smea-startup-terrace-linkou",
         "Two weeks of meetings with makers fit; a campus to live on does not."),
    Case("vi-du-o-nha", "aws-generative-ai-accelerator", "nstc-taiwan-tech-arena",
         "Both like artificial intelligence; one is mostly online and gives computing power."),
    Case("vi-du-khach-nhat", STATION_AI, "osaka-city-osaka-innovation-hub",
         "Both in Japan; manufacturing partners and pilots are the strength in Nagoya."),
    Case("vi-du-khach-nhat", PNP_TOKYO, "techstars-tokyo",
         "Paying plants, wants customers: corporate pilots before an equity accelerator."),
    Case("manabie", PNP_TOKYO, "kita-startup-branch-fortune-500-connect",
         "Sells to cram schools in Japan already; Korea is no market of it."),
    Case("vi-du-dat-va-lua", "sprout-agritech-accelerator", CICADA,
         "Cicada takes farming among deep technologies; pasture and farm data are Sprout's field."),
    Case("vi-du-trang-trai-eu", "startlife-accelerate", "euratechnologies",
         "Both have farms at hand; crop protection and the Dutch market speak for Wageningen."),
    Case("vi-du-dam-nam-men", "sosv-indiebio", "brinc-accelerators",
         "Both fund new food; an assay at the bench needs laboratories."),
    Case("vi-du-lop-hoc-hk", "cyberport-incubation-programme", "hkstp-incubation-programme",
         "Both in Hong Kong with grants; education technology is named by Cyberport."),
    Case("vi-du-tro-ly-toan", "xedu-accelerator", "maria-01-campus",
         "Both in Helsinki; pilot schools are found by the education house."),
    Case("vi-du-gen-ung-thu", "sosv-indiebio", "innovate-calgary",
         "Both have wet laboratories; diagnostics at the bench with funding is IndieBio's trade."),
    Case("vi-du-gen-ung-thu", SMILE, "yes-delft-programmes",
         "Delft houses medical devices; an assay belongs to a life-science park."),
    Case("vi-du-thiet-bi-y-te", MC_HEALTH, "plug-and-play-silicon-valley",
         "Both corporate pilots in America; here a hospital must choose the firm."),
    Case("vi-du-xe-tai", AUTOBAHN, TECHFOUNDERS,
         "Both German industry; freight and DHL are with the first."),
    Case("vi-du-robot-kho", TECHFOUNDERS, "spinlab-the-hhl-accelerator",
         "Robots for production against energy, city and health."),
    Case("vi-du-ve-tinh", "luxinnovation-fit-4-start", "tehnopol-startup-incubator",
         "Both have space; Luxembourg is the market wished and the grant is sure."),
    Case("vi-du-thoi-trang", SHIBUYA, "osaka-city-osaka-innovation-hub",
         "Fashion is one of the fields, and the city helps with visa and company."),
    Case("vi-du-du-lich", NIA, "true-digital-park",
         "Both in Thailand; tourism and grants against desks for software firms."),
    Case("vi-du-doanh-nghiep-xa-hoi", "village-capital-programmes", GENER8TOR,
         "An impact accelerator that knows farm incomes before one of the Midwest."),
    Case("vi-du-doanh-nghiep-xa-hoi", "village-capital-programmes", "sparklabs-cultiv8-accelerator",
         "Investment readiness for impact was asked for, not a laboratory."),
    Case("vi-du-do-thi-so", "spinlab-the-hhl-accelerator", "berlin-senate-enpact-asiaberlin",
         "A network of talks is no programme for a startup: of the family of networks.", True),
    Case("vi-du-mo-hinh-lon", "aws-generative-ai-accelerator",
         "google-for-startups-accelerator-southeast-asia",
         "Both give cloud help; the one is for generative models and up to a million in credits."),
    Case("vi-du-an-ninh-mang", "wayra-uk", "founders-factory-accelerator",
         "Both London with corporations; network security belongs to a telecom group."),
    Case("vi-du-pin-luu-tru", "energylab-acceleration", CICADA,
         "Both take energy in Sydney; utilities and sales are the need, not laboratories."),
    Case("vi-du-nguyen-mau-robot", "sosv-hax", TECHFOUNDERS,
         "A prototype that needs workshops; the Munich pilots are for seed and Germany."),
    Case("vi-du-chuoi-khoi", "appworks-accelerator", "brinc-accelerators",
         "Both take blockchain; no shares can be given, and Brinc invests for equity."),
    Case("vi-du-phan-mem-nhan-su", "alchemist-accelerator", "era-nyc",
         "Both take business software; selling to enterprises is what Alchemist teaches."),
    Case("vi-du-vao-an-do", "zone-startups-india", "iim-ahmedabad-ciie-co",
         "Both Indian fintech; bank pilots for foreigners against seed capital for Indian teams."),
    Case("vi-du-bang-sang-che", "uk-dbt-global-entrepreneur-programme", "setsquared-incubation",
         "Six patents and a headquarters to move: the service for just that; SETsquared is local."),
    Case("vi-du-nha-may-basque", "spri-bind-bind-4-0", "lanzadera",
         "Both Spanish; paid projects with industry against general training."),
    Case("vi-du-my-la-tinh", "start-up-chile-growth", "ruta-n-landing",
         "Both speak Spanish and want foreigners; the grant is asked for and Chile gives it."),
    Case("vi-du-canada", CDL, "communitech-programmes",
         "Physicists with a grid optimiser: a science programme before a software cluster."),
    Case("vi-du-a-rap", "kacst-the-garage-the-garage-accelerator",
         "qatar-science-technology-park-qstp-accelerators",
         "Both give laboratories; Saudi Arabia is the market named."),
    Case("vi-du-paris", "station-f-founders-program", "station-f-fighters-program",
         "The Fighters are for founders from hardship only; these are of good means."),
    Case("vi-du-bat-dong-san", "sunway-ilabs-accelerator", "cradle-fund-mystartup-programmes",
         "A township to try in was asked for; Cradle's grants want Malaysian owners."),
    Case("vi-du-cong-ty-uc", "startmate-accelerator", "icehouse-the-icehouse-startup-programmes",
         "Parent and founder in Melbourne: Startmate is open to it, and Australia is its market."),
    Case("eboost", "elemental-impact-elemental", GENER8TOR,
         "Charging points are climate infrastructure with a prototype at work."),
    Case("abivin", AUTOBAHN, "spinlab-the-hhl-accelerator",
         "Route planning is named among freight and business software."),
    Case("palexy", PNP_TOKYO, "techstars-accelerators",
         "Series A with shop customers: pilots, not a pre-seed class that takes five per cent."),
    Case("otrafy", "plug-and-play-silicon-valley", "sosv-indiebio",
         "Its field is food, but it is supply-chain software: no laboratory for biologists."),
    Case("vulcan-augmetics", "sosv-hax", "sosv-indiebio",
         "A mechanical arm belongs to hardware workshops, not to bench biology."),
    Case("biowraps", "sosv-indiebio", "parallel18",
         "Biomaterial in the laboratory; San Juan scales firms that have a product."),
    Case("cenegry", "sosv-hax", "yes-delft-programmes",
         "Both take energy prototypes; a battery needs workshops and first capital."),
    Case("realtime-robotics-vietnam", "sosv-hax", "alchemist-accelerator",
         "Both American and open to hardware; an airframe is built in a workshop."),
)  # fmt: skip
