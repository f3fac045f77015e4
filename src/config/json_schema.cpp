// SPDX-License-Identifier: Apache-2.0
// The tables as a JSON Schema (2020-12), for editors. It says what shape allows; names, overlaps
// and expressions are the loader's to check.
#include "config/config.hpp"
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

/// Writes JSON with two spaces a level; commas come by themselves.
class JsonWriter {
 public:
  void open(char bracket) {
    begin_value();
    out_ += bracket;
    fresh_ = true;
    ++depth_;
  }
  void close(char bracket) {
    --depth_;
    if (!fresh_) line();
    out_ += bracket;
    fresh_ = false;
  }
  void key(std::string_view name) {
    separate();
    string(name);
    out_ += ": ";
    after_key_ = true;
  }
  void value(std::string_view text) {
    begin_value();
    string(text);
  }
  void raw(std::string_view text) {
    begin_value();
    out_ += text;
  }
  void field(std::string_view name, std::string_view text) { key(name), value(text); }
  void field(std::string_view name, std::int64_t number) { key(name), raw(std::to_string(number)); }
  std::string take() { return std::move(out_) + "\n"; }

 private:
  void begin_value() {
    if (!after_key_ && depth_ > 0) separate();
    after_key_ = false;
  }
  void separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
    line();
  }
  void line() { out_ += '\n' + std::string(static_cast<std::size_t>(depth_) * 2, ' '); }
  void string(std::string_view text) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out_ += '\\';
      if (c == '\n')
        out_ += "\\n";
      else
        out_ += c;
    }
    out_ += '"';
  }

  std::string out_;
  int depth_ = 0;
  bool fresh_ = true, after_key_ = false;
};

class SchemaWriter {
 public:
  std::string run() {
    json_.open('{');
    json_.field("$schema", "https://json-schema.org/draft/2020-12/schema");
    json_.field("title", "Deskwire configuration");
    section(config_table());
    json_.close('}');
    return json_.take();
  }

 private:
  /// The members of a section's schema, inside an object that is open.
  void section(const SectionShape& shape) {
    if (!shape.help.empty()) json_.field("description", shape.help);
    json_.field("type", "object");
    json_.key("properties");
    json_.open('{');
    for (const auto& field : shape.fields) {
      json_.key(field.key);
      json_.open('{');
      value(field.shape, field.help);
      if (!field.standard.empty()) standard(field);
      json_.close('}');
    }
    json_.close('}');
    required(shape);
    json_.key("additionalProperties");
    json_.raw("false");
  }

  void required(const SectionShape& shape) {
    bool any = false;
    for (const auto& field : shape.fields) {
      if (!field.required) continue;
      if (!any) json_.key("required"), json_.open('[');
      any = true;
      json_.value(field.key);
    }
    if (any) json_.close(']');
  }

  void standard(const FieldShape& field) {
    json_.key("default");
    const bool literal =
        field.shape.json != Shape::Json::string || field.standard == "[]" || field.standard == "{}";
    if (literal)
      json_.raw(field.standard);
    else
      json_.value(field.standard);
  }

  void value(const Shape& shape, const std::string& help) {
    if (!shape.either.empty()) {
      if (!help.empty()) json_.field("description", help);
      json_.key("anyOf");
      json_.open('[');
      for (const auto& choice : shape.either) {
        json_.open('{');
        value(choice, "");
        json_.close('}');
      }
      json_.close(']');
      return;
    }
    if (shape.section != nullptr) return section(*shape.section);
    if (!help.empty()) json_.field("description", help);
    switch (shape.json) {
      case Shape::Json::string:
        return string(shape);
      case Shape::Json::integer:
        return integer(shape);
      case Shape::Json::boolean:
        return json_.field("type", "boolean");
      case Shape::Json::array:
        return array(shape);
      case Shape::Json::object:
        return object(shape);
    }
  }

  void string(const Shape& shape) {
    // A plain 80 or 2048 is a number to an editor and text to the loader.
    const bool digits_alone = shape.pattern.starts_with("^[0-9]+");
    if (digits_alone) {
      json_.key("type");
      json_.raw("[\"string\", \"integer\"]");
    } else {
      json_.field("type", "string");
    }
    if (!shape.pattern.empty()) json_.field("pattern", shape.pattern);
    if (shape.least) json_.field("minLength", *shape.least);
    if (shape.most) json_.field("maxLength", *shape.most);
    if (shape.values.empty()) return;
    json_.key("enum");
    json_.open('[');
    for (const auto& word : shape.values) json_.value(word);
    json_.close(']');
  }

  void integer(const Shape& shape) {
    json_.field("type", "integer");
    if (shape.least) json_.field("minimum", *shape.least);
    if (shape.most) json_.field("maximum", *shape.most);
  }

  void array(const Shape& shape) {
    json_.field("type", "array");
    if (shape.most) json_.field("maxItems", *shape.most);
    json_.key("items");
    json_.open('{');
    value(*shape.item, "");
    json_.close('}');
  }

  void object(const Shape& shape) {
    json_.field("type", "object");
    if (!shape.pattern.empty()) {
      json_.key("propertyNames");
      json_.open('{');
      json_.field("pattern", shape.pattern);
      json_.close('}');
    }
    if (shape.item == nullptr) return;
    json_.key("additionalProperties");
    json_.open('{');
    value(*shape.item, "");
    json_.close('}');
  }

  JsonWriter json_;
};

}  // namespace

std::string json_schema() { return SchemaWriter().run(); }

}  // namespace deskwire::config
