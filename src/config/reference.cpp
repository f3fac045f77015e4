// SPDX-License-Identifier: Apache-2.0
// The tables as a page for people: docs/configuration.md.
#include "config/config.hpp"
#include "config/lint.hpp"
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Printed from the tables in src/config; a test compares it. -->
# Configuration

One YAML file describes a desk. `deskwire check FILE` reads it as the daemon would and tells
every mistake in one run, each as `file:line:column: path: found …, expected …`. SIGHUP reads it
anew: queues, workflow, SLAs, calendars, skills and channels change at once and together; a file
with a mistake changes nothing and says so in the log. What loads and will not do what it seems
to be meant for is told as a [warning](#warnings). `deskwire init` writes a first one,
`config/example.yaml` shows a whole one, and editors check it with `schemas/config.schema.json`.

- **Durations** are written `90s`, `15m`, `8h`, `2d`, `1h30m`; **sizes** in bytes or as `64KiB`,
  `10MiB`, `2GiB`; **shares** as `80%`.
- **Secrets** are `{env: NAME}` or `{file: PATH}`. In clear they are accepted for a demo only,
  while `http.listen` is on loopback.
- **Paths** are relative to the file's folder.
- Unknown keys, keys given twice, tags, a second document and aliases that blow up are mistakes.
  A file has at most 1 MiB.

)";

constexpr std::string_view kLanguage = R"(## The workflow's language

`when` asks for facts of the message, the ticket and the customer. From the loosest: `or`,
`and`, `not`, then one comparison; parentheses group. A condition may be nested 64 deep and 16
KiB long. Types are checked when the file is read.

| operator | between | holds when |
|---|---|---|
| `==` `!=` | two texts, numbers, durations or booleans | they are (not) the same; texts exactly |
| `<` `<=` `>` `>=` | two numbers or two durations | by value |
| `in` | a value and a list `["a", "b"]`, or a text and a list fact | the list has it, exactly |
| `has` | a fact that is a list, and a text | the list has it, ignoring ASCII case |
| `contains` | a text and a quoted text | it is found in it, ignoring ASCII case |
| `matches` | a text and a quoted pattern | the [RE2] pattern is found; `(?i)` ignores case |

Texts stand in double quotes (with `\"`, `\\`, `\n`, `\t`) or in single quotes, where a
backslash is itself and `''` is a quote: use those for patterns. Numbers may be sizes (`10MiB`).
A fact that is true or false is a condition of its own.

[RE2]: https://github.com/google/re2/wiki/Syntax

| fact | type |
|---|---|
)";

constexpr std::string_view kWarnings = R"(
## Warnings

`deskwire check FILE` tells each as `file:line:column: warning: path: … [kind]` and ends with 0;
with `--strict` they count as errors and it ends with 78. A start and a reload write them to the
log and go on, and the console's policy page shows them. A warning is given only for what is
certain: nothing is said of a condition that may hold some day. Users may be kept in the desk
instead of the file, so what is said of users is said of the file's alone, and of a file without
an agent nothing is.

| kind | what it tells |
|---|---|
)";

std::string_view words(FactType type) {
  switch (type) {
    case FactType::text:
      return "text";
    case FactType::number:
      return "number";
    case FactType::boolean:
      return "true or false";
    case FactType::list:
      return "list of texts";
  }
  return "";
}

/// A cell of a table: no line ends, no bars.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

/// The section inside a list, map or choice of a shape, and how its path goes on.
const SectionShape* inner_section(const Shape& shape, std::string& path) {
  if (shape.section != nullptr) return shape.section;
  if (shape.item != nullptr) {
    path += shape.json == Shape::Json::array ? "[]" : ".*";
    return inner_section(*shape.item, path);
  }
  return nullptr;
}

class ReferenceWriter {
 public:
  std::string run() {
    out_ += kIntroduction;
    section("", config_table());
    out_ += kLanguage;
    for (const auto& fact : fact_table())
      out_ += "| `" + std::string(fact.name) + "` | " + std::string(words(fact.type)) + " |\n";
    out_ += kWarnings;
    for (const auto& kind : warning_kinds())
      out_ += "| `" + std::string(kind.name) + "` | " + cell(kind.about) + " |\n";
    return std::move(out_);
  }

 private:
  void section(const std::string& path, const SectionShape& shape) {
    out_ += path.empty() ? "## Sections\n\n" : "## `" + path + "`\n\n" + shape.help + "\n\n";
    out_ += "| key | value | default | meaning |\n|---|---|---|---|\n";
    for (const auto& field : shape.fields) row(path, field);
    out_ += '\n';
    for (const auto& field : shape.fields) {
      std::string below = path.empty() ? field.key : path + "." + field.key;
      if (const auto* inner = inner_section(field.shape, below)) section(below, *inner);
    }
  }

  void row(const std::string& path, const FieldShape& field) {
    std::string below = path.empty() ? field.key : path + "." + field.key;
    const bool link = inner_section(field.shape, below) != nullptr;
    const std::string value = link ? "see `" + below + "`" : cell(field.shape.words);
    std::string standard = field.required           ? "**required**"
                           : field.standard.empty() ? "–"
                                                    : "`" + field.standard + "`";
    if (link && field.standard == "{}") standard = "–";
    out_ +=
        "| `" + field.key + "` | " + value + " | " + standard + " | " + cell(field.help) + " |\n";
  }

  std::string out_;
};

}  // namespace

std::string reference_markdown() { return ReferenceWriter().run(); }

}  // namespace deskwire::config
