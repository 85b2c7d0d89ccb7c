"""Small PDF and DOCX files, written by hand."""

from __future__ import annotations

import io
import zipfile
import zlib


def pdf(*pages: list[str], fonts: int = 1, table: bytes = b"") -> bytes:
    """Return a PDF with these lines on its pages, of so many fonts each.

    `table` says which letters a font's numbers stand for.
    """
    count = len(pages)
    named = b" ".join(b"/F%d 3 0 R" % number for number in range(1, fonts + 1))
    kids = b" ".join(b"%d 0 R" % (4 + 2 * index) for index in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
        + (b" /ToUnicode %d 0 R >>" % (4 + 2 * count) if table else b" >>"),
    ]
    for index, lines in enumerate(pages):
        shown = b" ".join(b"(%s) Tj T*" % line.encode("cp1252") for line in lines)
        stream = zlib.compress(b"BT /F1 12 Tf 72 720 Td 14 TL %s ET" % shown)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << %s >> >> >>" % (5 + 2 * index, named),
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    objects += [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(table), table)] if table else []
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)


def docx(*paragraphs: str) -> bytes:
    """Return a DOCX with these paragraphs."""
    runs = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>' for text in paragraphs
    )
    xml = f'<?xml version="1.0"?><w:document xmlns:w="x"><w:body>{runs}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return out.getvalue()
