"""The words a made-up company is named with. None of the firms and people exists."""

from __future__ import annotations

import random
from dataclasses import dataclass

COMPANIES = (
    "Corvane Holdings", "Ardlow Industries", "Tessmore Group", "Halvenny Works",
    "Brisco Lane Holdings",
)  # fmt: skip
FIRST_NAMES = (
    "Adaeze", "Bjorn", "Carmela", "Dorian", "Eleni", "Farid", "Greta", "Hollis", "Imani", "Jasper",
    "Katrin", "Leopold", "Marisol", "Nikhil", "Odette", "Priya", "Quentin", "Rosalind", "Stellan",
    "Teodora", "Ulrich", "Vivienne", "Wendell", "Xenia", "Yusuf", "Zora",
)  # fmt: skip
LAST_NAMES = (
    "Abernathy", "Bergqvist", "Castellane", "Drummond", "Eskelund", "Fairweather", "Gallimore",
    "Hathersage", "Ibarra", "Jankowski", "Kessington", "Lindqvist", "Marchetti", "Nakagome",
    "Oyelaran", "Pemberley", "Quarles", "Rautavaara", "Sandoval", "Thackeray", "Umarov",
    "Vantongeren", "Wickremasinghe", "Yarborough", "Zielinska",
)  # fmt: skip
TARGETS = ("Ostrello Membranes", "Pellworth Analytics", "Quillon Valves", "Saltmarsh Controls")
AUDITORS = ("Whitcombe & Daley LLP", "Merrow Stanhope LLP", "Lindgate Parrish LLP")
CITIES = (
    ("Greenville", "South Carolina"), ("Duluth", "Minnesota"), ("Tulsa", "Oklahoma"),
    ("Akron", "Ohio"), ("Spokane", "Washington"), ("Mobile", "Alabama"), ("Hamilton", "Ontario"),
    ("Monterrey", "Mexico"), ("Joinville", "Brazil"), ("Leeds", "United Kingdom"),
    ("Bielefeld", "Germany"), ("Grenoble", "France"), ("Brescia", "Italy"), ("Brno", "Czechia"),
    ("Gdansk", "Poland"), ("Vasteras", "Sweden"), ("Pune", "India"), ("Suzhou", "China"),
    ("Daegu", "South Korea"), ("Nagoya", "Japan"), ("Penang", "Malaysia"), ("Geelong", "Australia"),
    ("Durban", "South Africa"), ("Sohar", "Oman"),
    ("Rockford", "Illinois"), ("Macon", "Georgia"), ("Yakima", "Washington"), ("Lubbock", "Texas"),
    ("Quebec City", "Quebec"), ("Queretaro", "Mexico"), ("Cordoba", "Argentina"),
    ("Dundee", "United Kingdom"), ("Kassel", "Germany"), ("Rouen", "France"), ("Zaragoza", "Spain"),
    ("Porto", "Portugal"), ("Linz", "Austria"), ("Timisoara", "Romania"), ("Bursa", "Turkey"),
    ("Odense", "Denmark"), ("Tampere", "Finland"), ("Coimbatore", "India"), ("Wuxi", "China"),
    ("Hsinchu", "Taiwan"),
)  # fmt: skip
COMPONENTS = (
    "cast housings", "pressure transducers", "membrane sheet", "stainless bar", "control boards",
    "mechanical seals", "rare-earth magnets", "battery cells", "epoxy resin", "ceramic bearings",
)  # fmt: skip
COUNTRIES = (
    "Brazil", "China", "Germany", "India", "Mexico", "Poland", "South Africa", "Turkey",
)  # fmt: skip
MONTHS = ("March", "April", "May", "June", "September", "October")
GEOGRAPHY = {"United States": 0.40, "Europe": 0.25, "Asia Pacific": 0.15, "Latin America": 0.07}


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """A part of the business in words, and how large and profitable it tends to be."""

    name: str
    key: str
    products: str
    customers: str
    rivals: str
    brand: str
    strength: str
    driver: str
    project: str
    size: float
    margin: float


SEGMENTS = (
    SegmentProfile(
        name="Filtration Systems",
        key="filtration",
        products="cartridge, disc and membrane filters, skid-mounted treatment plants and the "
        "consumable elements that fit them",
        customers="municipal water utilities, breweries and soft-drink bottlers, drug makers and "
        "chip plants",
        rivals="two large diversified groups and some forty regional makers of filter elements",
        brand="Clarion",
        strength="an installed base of about 190,000 housings that take our own elements",
        driver="replacement elements, which customers order whatever the state of the economy",
        project="a second membrane casting line",
        size=2050,
        margin=0.172,
    ),
    SegmentProfile(
        name="Flow Control",
        key="flow",
        products="centrifugal and progressive-cavity pumps, gate and butterfly valves, actuators "
        "and the drives that turn them",
        customers="builders of pumping stations, mines, paper mills and district-heating operators",
        rivals="three global pump groups and many foundries that sell valves on price alone",
        brand="Torrent",
        strength="a foundry and machining network that can ship a custom pump in nine weeks",
        driver="public spending on pumping stations and flood defences",
        project="the robotic machining cell for large casings",
        size=1720,
        margin=0.136,
    ),
    SegmentProfile(
        name="Metering and Sensors",
        key="metering",
        products="ultrasonic and electromagnetic meters, pressure and turbidity probes, and the "
        "radio modules and software that read them",
        customers="water and gas utilities, building operators and makers of laboratory equipment",
        rivals="four specialist meter makers and a growing number of software firms",
        brand="Parallax",
        strength="radio modules that run for sixteen years on one battery",
        driver="utilities that replace mechanical meters under multi-year programmes",
        project="an automated calibration hall",
        size=1180,
        margin=0.203,
    ),
    SegmentProfile(
        name="Field Services",
        key="services",
        products="commissioning, inspection, overhaul and the outsourced running of treatment "
        "plants under contracts of three to ten years",
        customers="owners of equipment, ours and that of others, who prefer a fixed monthly price",
        rivals="local contractors, plant owners' own crews and two national service chains",
        brand="Steadfast",
        strength="some 2,100 technicians who live within two hours of most customers",
        driver="the ageing of plants built in the 1980s and a shortage of trained operators",
        project="the new depot and training centre",
        size=890,
        margin=0.118,
    ),
)


def people(rng: random.Random, count: int) -> list[str]:
    """`count` names of people, no first or last name twice."""
    firsts, lasts = rng.sample(FIRST_NAMES, count), rng.sample(LAST_NAMES, count)
    return [f"{first} {last}" for first, last in zip(firsts, lasts, strict=True)]
