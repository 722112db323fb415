"""Make public retrieval sets from packages: real questions, and the answers that people wrote to them.

    python tests/evals/retrieval/public_sets.py OUT_FOLDER

Writes `<set>.passages.jsonl` and `<set>.queries.jsonl` for `xiaoce eval retrieval`. It needs `apt-get` and
`dpkg-deb` with a Debian mirror; nothing of it is committed or needed to run the product. The question is
never part of the passage that answers it. Retrieval is not tuned on these sets.

| set | package | what |
|---|---|---|
| debian-faq-zh | debian-faq-zh-cn 11.1 | the Debian FAQ in Chinese: its questions, its answers |
| python-faq-en | python3.11-doc 3.11 | the Python FAQ in English: its questions, its answers |
| debian-faq-en-zh | both Debian FAQs | the English questions, to be found in the Chinese answers |
"""

import json
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

Pair = tuple[str, str, str]
"""Id, question, answer."""
QUESTION = re.compile(r"[?？]\s*$")
LEAST_ANSWER = 20


class Sections(HTMLParser):
    """Collects (anchor, title, text) of every second-level section of a DocBook page."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[list[str]] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new title opens a section; the anchor inside it names it."""
        values = dict(attrs)
        if tag == "h2" and values.get("class") == "title":
            self._in_title = True
            self.pairs.append(["", "", ""])
        elif self._in_title and tag == "a" and values.get("id"):
            self.pairs[-1][0] = values["id"] or ""
        elif values.get("class") == "navfooter":
            self.pairs.append(["", "", ""])

    def handle_endtag(self, tag: str) -> None:
        """After the title comes the text."""
        if tag == "h2":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        """Belongs to the title or to the text of the last section."""
        if self.pairs:
            self.pairs[-1][1 if self._in_title else 2] += data


def unpack(package: str, folder: Path) -> Path:
    """Download one Debian package by name and unpack it."""
    subprocess.run(["apt-get", "download", package], cwd=folder, check=True, capture_output=True)
    target = folder / package
    subprocess.run(["dpkg-deb", "-x", str(next(folder.glob(f"{package}_*.deb"))), str(target)], check=True)
    return target


def docbook_pairs(folder: Path, pattern: str) -> list[Pair]:
    """Every section whose title is a question."""
    found: list[Pair] = []
    for page in sorted(folder.rglob(pattern)):
        sections = Sections()
        sections.feed(page.read_text(encoding="utf-8"))
        for anchor, title, text in sections.pairs:
            question = " ".join(re.sub(r"^[\d.\s]+", "", title).split())
            found.append((f"{page.name.split('.')[0]}#{anchor}", question, clean(text)))
    return [pair for pair in found if usable(pair)]


def rst_pairs(folder: Path) -> list[Pair]:
    """Every heading of the Python FAQ that is a question, with the text up to the next heading."""
    found: list[Pair] = []
    for page in sorted(folder.rglob("_sources/faq/*.rst.txt")):
        parts = re.split(r"^(.+)\n[-=~^']{4,}\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for number, (title, text) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
            prose = re.sub(r":[a-z:]+:`~?([^`]*)`|^\.\. .*$", r"\1", text, flags=re.MULTILINE)
            found.append((f"{page.name.split('.')[0]}#{number}", title.replace("`", "").strip(), clean(prose)))
    return [pair for pair in found if usable(pair)]


def clean(text: str) -> str:
    """Paragraphs on lines of their own, no other line breaks."""
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n".join(filter(None, (" ".join(paragraph.split()) for paragraph in paragraphs)))


def usable(pair: Pair) -> bool:
    """A question with an answer that says something of its own."""
    return bool(QUESTION.search(pair[1])) and len(pair[2]) >= LEAST_ANSWER


def write_set(folder: Path, name: str, answers: list[Pair], questions: list[Pair]) -> None:
    """Both files of a set; questions without an answer among the passages are left out."""
    ids = {pair[0] for pair in answers}
    passages = [{"id": key, "text": text} for key, _, text in answers]
    queries = [{"qid": key, "question": asked, "gold": [key]} for key, asked, _ in questions if key in ids]
    for kind, rows in (("passages", passages), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.{kind}.jsonl").write_text(lines, encoding="utf-8")
    sys.stdout.write(f"{name}: {len(passages)} passages, {len(queries)} queries\n")


def main(out: Path) -> None:
    """Make all sets."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        chinese = docbook_pairs(unpack("debian-faq-zh-cn", work), "*.zh-cn.html")
        english = docbook_pairs(unpack("debian-faq", work), "*.en.html")
        python = rst_pairs(unpack("python3.11-doc", work))
    write_set(out, "debian-faq-zh", chinese, chinese)
    write_set(out, "python-faq-en", python, python)
    write_set(out, "debian-faq-en-zh", chinese, english)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
