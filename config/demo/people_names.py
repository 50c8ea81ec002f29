"""First names and surnames that submitters are put together from, at random: any likeness is chance."""

from __future__ import annotations


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _names(
    """
    Anne Ingrid Kari Marit Liv Astrid Bjørg Hilde Randi Gerd Berit Solveig Marianne Nina Silje Ida Nora Emma Sara Julie
    Thea Maren Ingeborg Ragnhild Torill Wenche Unni Elin Heidi Monica Camilla Line Mari Hanne Kristin Grethe Turid Else
    Aud Sissel Tove Eva Gunvor Hedda Frida Vilde Amina Fatima Zofia Oksana Nadia Lucija Maryam Selam Birgitte Ellen
    Jan Per Bjørn Ole Lars Kjell Knut Svein Thomas Arne Odd Geir Hans Morten Tor Anders Martin Andreas Erik Jon Rolf
    Terje Rune Trond Sverre Leif Egil Harald Magnus Henrik Jonas Kristian Håkon Sindre Mathias Emil Oskar Aksel Sigurd
    Eivind Øyvind Vegard Stig Roar Einar Torbjørn Ivar Gunnar Asbjørn Piotr Ali Omar Tomasz Yusuf Dawit Andrij Marek
    Bente Gro Laila Mona Synnøve Oddny Ruth Borghild Steinar Arvid Reidar Kåre Olav Nils Petter Marius Simen
    """
)
SURNAMES = _names(
    """
    Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berg
    Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund Sørensen Jakobsen Moen
    Gundersen Iversen Strand Solberg Svendsen Eide Knutsen Martinsen Paulsen Bakken Kristoffersen Mathisen Lie Amundsen
    Nguyen Rasmussen Lunde Solheim Berge Moe Nygård Bakke Kristensen Fredriksen Holm Lien Hauge Christensen Andresen
    Nielsen Knudsen Evensen Sæther Aas Myhre Haugland Hanssen Ahmed Thomassen Sivertsen Simonsen Danielsen Berntsen
    Sandvik Rønning Arnesen Antonsen Næss Vik Ellingsen Edvardsen Thorsen Isaksen Gulbrandsen Ali Mortensen Kowalski
    Engen Ruud Sande Ødegård Tangen Myklebust Aune Birkeland Ødegaard Tveit Helland Nilssen Wold Hovland Mikkelsen
    Fossum Gjerde Brekke Bråten Løken Skogen Tollnes Vågen Ekrem Flaten Grøndal Kvamme Rustad Stokke Tjore Ulseth
    """
)
CHILDREN = _names("Ella Leo Sofie Jakob Maja Filip Ida Noah Leah Isak Amira Elias Tiril Sander Ylva Adam Linnea Ludvig")
