"""Reads a page of a run as a browser and a screen reader would: is it whole, does it reach nothing outside itself, does
everything that is seen have words? Usage: read_page.py PAGE. Ends with 1 and what is wrong."""

import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input", "base", "source", "area", "col", "embed", "track", "wbr"}
FORBIDDEN = {"script", "iframe", "object", "embed", "form", "input", "button", "link", "base", "img", "image", "use",
             "foreignobject", "audio", "video", "template", "slot", "animate", "set", "a.xlink"}
LINKS = re.compile(r"#[a-z-]+|\.\./invoices/run-\d{6}/[A-Za-z0-9._~%-]+")


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.ids, self.refers = [], [], {}, []
        self.headings, self.charts, self.tables, self.text = [], 0, 0, []
        self.seen, self.policy, self.lang, self.cells, self.columns = set(), "", "", 0, 0
        self.words_of = {}

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append((tag, dict(attrs), self.getpos()))
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.say(f"<{tag}> has an attribute twice")
        attrs = dict(attrs)
        self.seen.add(tag)
        if tag in FORBIDDEN:
            self.say(f"<{tag}> has no place here")
        for name, value in attrs.items():
            if name.startswith("on") or name in ("srcdoc", "style", "formaction", "ping", "xlink:href", "src", "srcset"):
                self.say(f"attribute {name}")
            if name == "href" and not LINKS.fullmatch(value or ""):
                self.say(f"a link to {value!r}")
            if name in ("aria-labelledby", "aria-describedby"):
                self.refers += (value or "").split()
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.say(f"id {attrs['id']!r} twice")
            self.ids[attrs["id"]] = tag
        if tag == "html":
            self.lang = attrs.get("lang", "")
        if tag == "meta" and attrs.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = attrs["content"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.picture(attrs)
        if tag == "th" and attrs.get("scope") not in ("row", "col"):
            self.say("a header cell of nothing")
        if tag == "table":
            self.tables += 1
            self.columns = 0
        if tag == "tr":
            self.cells = 0
        if tag in ("th", "td"):
            self.cells += 1
        if attrs.get("class") == "scroller" and (attrs.get("tabindex") != "0" or not attrs.get("aria-label")):
            self.say("a table that scrolls cannot be reached by the keyboard")

    def picture(self, attrs):
        if attrs.get("aria-hidden") == "true":
            return
        self.charts += 1
        if attrs.get("role") != "img":
            self.say("a picture that is none")
        for name in ("aria-labelledby", "aria-describedby"):
            if not attrs.get(name):
                self.say(f"a picture without {name}")

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.say(f"</{tag}> closes {self.open[-1][0] if self.open else 'nothing'}")
            return
        self.open.pop()
        if tag == "tr":
            if self.columns and self.cells != self.columns:
                self.say(f"a row of {self.cells} cells, not {self.columns}")
            self.columns = self.columns or self.cells

    def handle_startendtag(self, tag, attrs):
        self.say(f"<{tag}/> is no HTML")

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "style":
            if re.search(r"url\(|@import|expression|image-set", data):
                self.say("the style sheet reaches outside")
            return
        for _, attrs, _ in self.open:
            if "id" in attrs:
                self.words_of[attrs["id"]] = self.words_of.get(attrs["id"], "") + data
        self.text.append(data)

    def handle_comment(self, data):
        self.say(f"a comment: {data[:60]!r}")

    def say(self, what):
        self.wrong.append(f"{self.getpos()[0]}: {what}")

    def end(self):
        self.close()
        for tag, _, (line, _) in self.open:
            self.say(f"<{tag}> of line {line} is not closed")
        for name in self.refers:
            if not self.words_of.get(name, "").strip():
                self.say(f"id {name!r} is named and says nothing")
        if self.lang != "en-GB":
            self.say("the language is not said")
        for part in ("default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"):
            if part not in self.policy.split("; "):
                self.say(f"the policy lacks {part}")
        if self.headings.count(1) != 1 or self.headings[0] != 1:
            self.say("there is not one first heading")
        if any(later - before > 1 for before, later in zip(self.headings, self.headings[1:])):
            self.say("a heading skips a level")
        for tag in ("main", "header", "footer", "nav", "section", "title"):
            if tag not in self.seen:
                self.say(f"no <{tag}>")
        if "content" not in self.ids:
            self.say("the skip link leads nowhere")
        text = "".join(self.text)
        if re.search("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", text):
            self.say("a character that shows something else than it is")


def main():
    raw = open(sys.argv[1], "rb").read()
    page = Page()
    if not raw.startswith(b"<!DOCTYPE html>\n"):
        page.say("it does not open as HTML")
    page.feed(raw.decode("utf-8"))
    page.end()
    if page.wrong:
        print("\n".join(page.wrong))
        return 1
    print(f"{page.charts} pictures, {page.tables} tables")
    return 0


sys.exit(main())
