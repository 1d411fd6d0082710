"""Real files of several kinds, made in memory."""

import io
import zipfile

import docx
from fpdf import FPDF
from PIL import Image

_NOTES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
INCOME = [
    ("Item", "2023", "2022", "2021"),
    ("Revenue", "1,577", "1,498", "1,402"),
    ("Cost of goods sold", "(902)", "(880)", "(811)"),
    ("Capital expenditure", "201", "", "187"),
]
"""A table of figures with an empty cell."""


def pdf(*pages):
    """A PDF with a page for each text; an empty text makes a blank page."""
    made = _blank()
    for text in pages:
        made.add_page()
        made.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def locked_pdf(text, password):
    """A PDF that cannot be opened without a password."""
    made = _blank()
    made.add_page()
    made.cell(text=text)
    made.set_encryption(owner_password="owner", user_password=password)
    return bytes(made.output())


def pdf_with_table(rows):
    """A PDF of one page with a ruled table."""
    made = _blank()
    made.add_page()
    with made.table() as table:
        for cells in rows:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    return bytes(made.output())


def pdf_in_columns(text):
    """A PDF whose text runs in two columns."""
    made = _blank()
    made.add_page()
    with made.text_columns(ncols=2, gutter=10) as columns:
        columns.write(text=text)
    return bytes(made.output())


def pdf_with_lines(*lines, between=5):
    """A PDF of one page with lines at their own distance in millimetres."""
    made = _blank()
    made.add_page()
    for line in lines:
        made.cell(text=line or " ", h=between, new_x="LMARGIN", new_y="NEXT")
    return bytes(made.output())


def pdf_with_raised(*parts):
    """A PDF of one line; each part a text and where it stands: "LINE", "SUP" or "SUB"."""
    made = _blank()
    made.add_page()
    for text, place in parts:
        made.char_vpos = place
        made.write(6, text)
    return bytes(made.output())


def pdf_with_pictures(*pages):
    """A PDF with a page for each text; None makes a page that is only a picture."""
    made = _blank()
    for text in pages:
        made.add_page()
        if text is None:
            made.image(io.BytesIO(picture()), w=100)
        else:
            made.write(6, text)
    return bytes(made.output())


def pdf_with_signs(content):
    """A PDF of one page drawn by `content`, in which `@` is a sign beyond Unicode's first plane."""
    signs = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Signs def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        "1 beginbfchar <40> <D835DD38> endbfchar endcmap end end"
    )
    return _drawn(
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>",
        "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>>",
        _stream(content),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R>>",
        _stream(signs),
    )


def pdf_with_form(content, *fields):
    """A PDF of one page drawn by `content`, on which there are the widgets `fields` of a form."""
    places = " ".join(f"{number} 0 R" for number in range(6, 6 + len(fields)))
    return _drawn(
        f"<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [{places}] /NeedAppearances true>>>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>",
        f"<</Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [{places}] "
        "/Resources <</Font <</F 5 0 R>>>>>>",
        _stream(content),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
        *(f"<</Type /Annot /Subtype /Widget /P 3 0 R {field}>>" for field in fields),
    )


def _stream(content):
    return f"<</Length {len(content)}>>\nstream\n{content}\nendstream"


def _drawn(*objects):
    numbered = (f"{number} 0 obj\n{body}\nendobj\n" for number, body in enumerate(objects, 1))
    return f"%PDF-1.4\n{''.join(numbered)}trailer\n<</Root 1 0 R>>\n%%EOF".encode()


def word(fill):
    """A Word file that `fill` has put things into."""
    document = docx.Document()
    fill(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def picture(size=1, form="PNG"):
    """A black picture, so many points high and wide."""
    file = io.BytesIO()
    Image.new("RGB", (size, size)).save(file, form)
    return file.getvalue()


def word_with_footnote(text, note):
    """A Word file of one paragraph with a footnote."""
    parts = zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph(text))))
    changes = {
        "word/document.xml": ("</w:p>", '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>'),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rIdNotes" Target="footnotes.xml" Type="{_NOTES}"/></Relationships>',
        ),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in parts.namelist():
            content = parts.read(name)
            old, new = changes.get(name, ("", ""))
            made.writestr(name, content.replace(old.encode(), new.encode(), 1) if old else content)
        made.writestr(
            "word/footnotes.xml",
            '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'<w:footnote w:id="2"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote>'
            "</w:footnotes>",
        )
    return file.getvalue()


def _blank():
    made = FPDF()
    made.set_font("Helvetica", size=11)
    return made
