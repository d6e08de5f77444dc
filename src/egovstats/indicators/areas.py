"""Names and codes of countries as publishers write them, to ISO 3166 alpha-3."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: Codes of the World Bank's governance files that are not ISO 3166 alpha-3 (or no longer are).
_OLD_CODES = {"ADO": "AND", "KSV": "XKX", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ZAR": "COD"}

#: Names in use by the World Bank, the United Nations and Transparency International, by code.
_NAMES = {
    "AFG": "Afghanistan",
    "AGO": "Angola",
    "ALB": "Albania",
    "AND": "Andorra",
    "ARE": "United Arab Emirates",
    "ARG": "Argentina",
    "ARM": "Armenia",
    "ATG": "Antigua and Barbuda",
    "AUS": "Australia | Australias",
    "AUT": "Austria",
    "AZE": "Azerbaijan",
    "BDI": "Burundi",
    "BEL": "Belgium",
    "BEN": "Benin",
    "BFA": "Burkina Faso",
    "BGD": "Bangladesh",
    "BGR": "Bulgaria",
    "BHR": "Bahrain",
    "BHS": "Bahamas | Bahamas, The",
    "BIH": "Bosnia and Herzegovina",
    "BLR": "Belarus",
    "BLZ": "Belize",
    "BOL": "Bolivia | Bolivia (Plurinational State of)",
    "BRA": "Brazil",
    "BRB": "Barbados",
    "BRN": "Brunei Darussalam | Brunei",
    "BTN": "Bhutan",
    "BWA": "Botswana",
    "CAF": "Central African Republic",
    "CAN": "Canada",
    "CHE": "Switzerland",
    "CHL": "Chile",
    "CHN": "China",
    "CIV": "Côte d'Ivoire | Ivory Coast",
    "CMR": "Cameroon",
    "COD": "Democratic Republic of the Congo | Congo, Dem. Rep.",
    "COG": "Congo | Congo, Rep. | Congo Republic",
    "COL": "Colombia",
    "COM": "Comoros",
    "CPV": "Cabo Verde | Cape Verde",
    "CRI": "Costa Rica",
    "CUB": "Cuba",
    "CYP": "Cyprus",
    "CZE": "Czech Republic | Czechia",
    "DEU": "Germany",
    "DJI": "Djibouti",
    "DMA": "Dominica",
    "DNK": "Denmark",
    "DOM": "Dominican Republic",
    "DZA": "Algeria",
    "ECU": "Ecuador",
    "EGY": "Egypt | Egypt, Arab Rep.",
    "ERI": "Eritrea",
    "ESP": "Spain",
    "EST": "Estonia",
    "ETH": "Ethiopia",
    "FIN": "Finland",
    "FJI": "Fiji",
    "FRA": "France",
    "FSM": "Micronesia (Federated States of) | Micronesia, Fed. Sts.",
    "GAB": "Gabon",
    "GBR": "United Kingdom of Great Britain and Northern Ireland | United Kingdom",
    "GEO": "Georgia | Georgia (Country)",
    "GHA": "Ghana",
    "GIN": "Guinea",
    "GMB": "Gambia | Gambia, The",
    "GNB": "Guinea-Bissau",
    "GNQ": "Equatorial Guinea",
    "GRC": "Greece",
    "GRD": "Grenada",
    "GTM": "Guatemala",
    "GUY": "Guyana",
    "HKG": "Hong Kong SAR, China | Hong Kong",
    "HND": "Honduras",
    "HRV": "Croatia",
    "HTI": "Haiti",
    "HUN": "Hungary",
    "IDN": "Indonesia",
    "IND": "India",
    "IRL": "Ireland",
    "IRN": "Iran (Islamic Republic of) | Iran, Islamic Rep. | Iran",
    "IRQ": "Iraq",
    "ISL": "Iceland",
    "ISR": "Israel",
    "ITA": "Italy",
    "JAM": "Jamaica",
    "JOR": "Jordan",
    "JPN": "Japan",
    "KAZ": "Kazakhstan",
    "KEN": "Kenya",
    "KGZ": "Kyrgyzstan | Kyrgyz Republic",
    "KHM": "Cambodia",
    "KIR": "Kiribati",
    "KNA": "Saint Kitts and Nevis",
    "KOR": "Republic of Korea | Korea, Rep. | Korea, South",
    "KWT": "Kuwait",
    "LAO": "Lao People's Democratic Republic | Lao PDR | Laos",
    "LBN": "Lebanon",
    "LBR": "Liberia",
    "LBY": "Libya | Libyan Arab Jamahiriya",
    "LCA": "Saint Lucia",
    "LIE": "Liechtenstein",
    "LKA": "Sri Lanka",
    "LSO": "Lesotho",
    "LTU": "Lithuania",
    "LUX": "Luxembourg",
    "LVA": "Latvia",
    "MAC": "Macao SAR, China",
    "MAR": "Morocco",
    "MCO": "Monaco",
    "MDA": "Republic of Moldova | Moldova",
    "MDG": "Madagascar",
    "MDV": "Maldives",
    "MEX": "Mexico",
    "MHL": "Marshall Islands",
    "MKD": "The former Yugoslav Republic of Macedonia | North Macedonia | Macedonia",
    "MLI": "Mali",
    "MLT": "Malta",
    "MMR": "Myanmar | Burma",
    "MNE": "Montenegro",
    "MNG": "Mongolia",
    "MOZ": "Mozambique",
    "MRT": "Mauritania",
    "MUS": "Mauritius",
    "MWI": "Malawi",
    "MYS": "Malaysia",
    "NAM": "Namibia",
    "NER": "Niger",
    "NGA": "Nigeria",
    "NIC": "Nicaragua",
    "NLD": "Netherlands | Netherlands (Kingdom of the)",
    "NOR": "Norway",
    "NPL": "Nepal",
    "NRU": "Nauru",
    "NZL": "New Zealand",
    "OMN": "Oman",
    "PAK": "Pakistan",
    "PAN": "Panama",
    "PER": "Peru",
    "PHL": "Philippines",
    "PLW": "Palau",
    "PNG": "Papua New Guinea",
    "POL": "Poland",
    "PRI": "Puerto Rico",
    "PRK": "Democratic People's Republic of Korea | Korea, Dem. Rep. | Korea, North"
    " | Korea, Dem. People's Rep. | North Korea",
    "PRT": "Portugal",
    "PRY": "Paraguay",
    "PSE": "West Bank and Gaza | Palestine | State of Palestine",
    "QAT": "Qatar",
    "ROU": "Romania",
    "RUS": "Russian Federation | Russia",
    "RWA": "Rwanda",
    "SAU": "Saudi Arabia",
    "SDN": "Sudan",
    "SEN": "Senegal",
    "SGP": "Singapore",
    "SLB": "Solomon Islands",
    "SLE": "Sierra Leone",
    "SLV": "El Salvador",
    "SMR": "San Marino",
    "SOM": "Somalia",
    "SRB": "Serbia",
    "SSD": "South Sudan",
    "STP": "Sao Tome and Principe",
    "SUR": "Suriname",
    "SVK": "Slovakia | Slovak Republic",
    "SVN": "Slovenia",
    "SWE": "Sweden",
    "SWZ": "Eswatini | Swaziland",
    "SYC": "Seychelles",
    "SYR": "Syrian Arab Republic | Syria",
    "TCD": "Chad",
    "TGO": "Togo",
    "THA": "Thailand",
    "TJK": "Tajikistan",
    "TKM": "Turkmenistan",
    "TLS": "Timor-Leste",
    "TON": "Tonga",
    "TTO": "Trinidad and Tobago",
    "TUN": "Tunisia",
    "TUR": "Turkey | Türkiye",
    "TUV": "Tuvalu",
    "TWN": "Taiwan, China | Taiwan",
    "TZA": "United Republic of Tanzania | Tanzania",
    "UGA": "Uganda",
    "UKR": "Ukraine",
    "URY": "Uruguay",
    "USA": "United States of America | United States",
    "UZB": "Uzbekistan",
    "VCT": "Saint Vincent and the Grenadines",
    "VEN": "Venezuela | Venezuela, RB | Venezuela (Bolivarian Republic of)",
    "VNM": "Viet Nam | Vietnam",
    "VUT": "Vanuatu",
    "WSM": "Samoa",
    "XKX": "Kosovo",
    "YEM": "Yemen | Yemen, Rep.",
    "ZAF": "South Africa",
    "ZMB": "Zambia",
    "ZWE": "Zimbabwe",
}


def iso_code(code: str) -> str:
    """ISO 3166 alpha-3 code for a publisher's own three-letter code.

    Examples
    --------
    >>> iso_code("ROM"), iso_code("MNG")
    ('ROU', 'MNG')
    """
    code = code.strip().upper()
    return _OLD_CODES.get(code, code)


def iso_of_name(name: str) -> str:
    """ISO 3166 alpha-3 code of a country's name; empty where the name is not known.

    Case, accents, punctuation and "St." for "Saint" do not matter.

    Examples
    --------
    >>> iso_of_name("Mongolia "), iso_of_name("Korea (South)"), iso_of_name("Atlantis")
    ('MNG', 'KOR', '')
    """
    return _codes().get(_plain(name), "")


@cache
def _codes() -> dict[str, str]:
    return {_plain(name): code for code, names in _NAMES.items() for name in names.split(" | ")}


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold().replace("&", "and")
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z]+", " ", re.sub(r"\bst\b", "saint", bare)).strip()
