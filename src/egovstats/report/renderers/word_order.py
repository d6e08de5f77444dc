"""Children of WordprocessingML properties in the order that the schema (ECMA-376, part 1, 17) wants.

Word calls a file damaged whose properties stand in another order; other programs do not mind, so the
fault would go unnoticed.
"""

from __future__ import annotations

from typing import Any

_ORDER = {
    "tblPr": """tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc
        tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription""",
    "tcPr": """cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign
        hideMark""",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "pPr": """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr
        shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi
        adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection
        textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange""",
    "rPr": """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof
        snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText
        vertAlign rtl cs em lang eastAsianLayout specVanish oMath""",
}


def in_schema_order(root: Any) -> None:
    """Sort the children of all properties below an element, in place."""
    from docx.oxml.ns import qn

    for name, words in _ORDER.items():
        rank = {qn(f"w:{word}"): i for i, word in enumerate(words.split())}
        for properties in root.iter(qn(f"w:{name}")):
            children = list(properties)
            ordered = sorted(children, key=lambda child: rank.get(child.tag, len(rank)))
            if ordered != children:
                for child in ordered:
                    properties.append(child)
