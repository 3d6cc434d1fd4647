# SPDX-License-Identifier: MIT
"""Rules about the inside of C files; see tidy.py."""
import re

FUNCTION_LINES_MAX = 60
PARAMETERS_MAX = 5

# Where the preprocessor may choose: what differs between compilers, and
# between machines.
CONDITIONAL_OK = ("include/duo/compiler.h", "port/")

QUANTITIES = ("size", "len", "length", "offset", "timeout", "delay",
              "duration", "interval", "period", "time", "elapsed", "deadline")
INTEGER = (r"(?:u?int(?:8|16|32|64|ptr|_fast\d+|_least\d+)?_t|s?size_t|off_t|ptrdiff_t"
           r"|unsigned(?:\s+(?:int|long|char|short))?|int|long|short|double|float)")
# A declared name: type, then the name, then what may follow a declarator.
DECLARED = re.compile(INTEGER + r"\s+(\w+)\s*(?=[,;=)\[])")


def blank(match):
    """The same number of lines and characters, but nothing in them."""
    return re.sub(r"[^\n]", " ", match.group(0))


def strip(text):
    """C without comments and without the content of strings."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                         re.DOTALL)
    return pattern.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def guard_lines(path, lines):
    """Numbers of the directives of an include guard, and of extern "C"."""
    allowed = set()
    directives = [(n, l.strip()) for n, l in enumerate(lines, 1)
                  if re.match(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b", l)]
    if directives:
        number, text = directives[0]
        guard = re.match(r"#ifndef (\w+)$", text)
        following = lines[number].strip() if number < len(lines) else ""
        is_first = path.endswith(".h") and not any(l.strip() for l in lines[:number - 1])
        if guard and is_first and following == f"#define {guard.group(1)}":
            allowed.add(number)
    for number, text in directives:
        if text == "#ifdef __cplusplus":
            allowed.add(number)
    return allowed


def check_conditionals(tree):
    for path in tree.code():
        if path.startswith(CONDITIONAL_OK):
            continue
        lines = strip(tree.text[path]).split("\n")
        allowed = guard_lines(path, lines)
        for number, line in enumerate(lines, 1):
            if number not in allowed and re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line):
                tree.add(path, number, "conditional",
                         f"'{line.strip()}': a variant is data, a table or a file")


def preprocess_out(text):
    """Without directives, which may hold unbalanced braces."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.MULTILINE)


def parameter_count(head):
    """Of the last (...) in the text before a function's brace."""
    close = head.rindex(")")
    depth = 0
    commas = 0
    for position in range(close, -1, -1):
        char = head[position]
        if char == ")":
            depth += 1
        elif char == "(":
            depth -= 1
            if depth == 0:
                inside = head[position + 1:close].strip()
                if inside.startswith("uc_engine *"):
                    return 0  # Unicorn chose the parameters of its hooks.
                if inside.startswith("sd_bus *bus, const char *path,"):
                    return 0  # sd-bus chose those of its getters.
                return 0 if inside in ("", "void") else commas + 1
        elif char == "," and depth == 1:
            commas += 1
    return 0


def functions(text):
    """(line, name, lines, parameters) of each function definition."""
    text = preprocess_out(strip(text))
    depth = 0
    head_start = 0
    found = None
    for position, char in enumerate(text):
        if char == "{":
            head = text[head_start:position]
            name = re.search(r"(\w+)\s*\(", head)
            if depth == 0 and name and head.rstrip().endswith(")"):
                found = (position, name.group(1), parameter_count(head))
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                if found:
                    start = line_of(text, found[0])
                    yield start, found[1], line_of(text, position) - start, found[2]
                found = None
                head_start = position + 1
        elif char == ";" and depth == 0:
            head_start = position + 1


def check_functions(tree):
    for path in tree.code():
        for line, name, lines, parameters in functions(tree.text[path]):
            if lines > FUNCTION_LINES_MAX:
                tree.add(path, line, "function-length",
                         f"{name} has {lines} lines, at most {FUNCTION_LINES_MAX}")
            if parameters > PARAMETERS_MAX:
                tree.add(path, line, "parameters",
                         f"{name} has {parameters} parameters, at most {PARAMETERS_MAX}")


def check_units(tree):
    """A size or a time ends with its unit (size_bytes, timeout_ms). An "off" is
    a kind of its own: bytes from the start of its slot."""
    for path in tree.code():
        text = preprocess_out(strip(tree.text[path]))
        for match in DECLARED.finditer(text):
            name = match.group(1)
            if name.split("_")[-1] in QUANTITIES:
                tree.add(path, line_of(text, match.start(1)), "unit",
                         f"'{name}' does not end with a unit (_bytes, _ms, ...)")


def enumerators(text, prefix):
    return re.findall(r"^\s*(" + prefix + r"\w+)\s*=", strip(text), re.MULTILINE)


def check_sentences(tree):
    """Each error and each reason has its sentence."""
    err_h = tree.text.get("include/duo/err.h", "")
    err_c = tree.text.get("src/base/err.c", "")
    for name in enumerators(err_h, "DUO_"):
        sentence = re.search(r"case " + name + r":\s*return\s+\"([^\"]*)\"", err_c)
        if not sentence or not re.match(r"[A-Z].{5,}\.$", sentence.group(1)):
            tree.add("src/base/err.c", 1, "sentence", f"{name} has no sentence")
    reason_h = tree.text.get("include/duo/reason.h", "")
    reason_c = tree.text.get("src/base/reason.c", "")
    for name in enumerators(reason_h, "DUO_REASON_"):
        short = name[len("DUO_REASON_"):]
        sentence = re.search(r"ROW\(" + short + r",\s*\"([a-z0-9-]+)\",\s*\"([^\"]*)\"", reason_c)
        if not sentence or not re.match(r"[A-Z].{5,}\.$", sentence.group(2)):
            tree.add("src/base/reason.c", 1, "sentence", f"{name} has no sentence")
