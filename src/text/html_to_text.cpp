// SPDX-License-Identifier: Apache-2.0
#include "text/html_to_text.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>

#include "deskwire/base/utf8.hpp"
#include "text/html_survey.hpp"
#include "text/text_writer.hpp"

namespace deskwire::text {
namespace {

constexpr std::size_t kMaxHtml = 512 * 1024, kMaxText = 64 * 1024;
constexpr int kMaxDepth = 512;

enum class Layout { inside, line, paragraph };

Layout layout_of(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_TABLE:
      return Layout::paragraph;
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_CENTER:
    case GUMBO_TAG_FORM:
    case GUMBO_TAG_BODY:
      return Layout::line;
    default:
      return Layout::inside;
  }
}

bool is_skipped(GumboTag tag) {
  static constexpr auto kSkipped = std::to_array<GumboTag>(
      {GUMBO_TAG_HEAD, GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TITLE, GUMBO_TAG_TEMPLATE,
       GUMBO_TAG_NOSCRIPT, GUMBO_TAG_OBJECT, GUMBO_TAG_IFRAME, GUMBO_TAG_SVG, GUMBO_TAG_MATH,
       GUMBO_TAG_TEXTAREA, GUMBO_TAG_SELECT});
  return std::ranges::find(kSkipped, tag) != kSkipped.end();
}

std::string_view attribute(const GumboElement& element, const char* name) {
  const GumboAttribute* const found = gumbo_get_attribute(&element.attributes, name);
  return found ? std::string_view(found->value) : std::string_view{};
}

/// Newsletters hide a preview line and tracking pixels; an agent need not read them.
bool is_hidden(const GumboElement& element) {
  std::string style;
  for (const char c : attribute(element, "style").substr(0, 2'000))
    if (c != ' ') style += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return style.find("display:none") != std::string::npos ||
         style.find("visibility:hidden") != std::string::npos ||
         gumbo_get_attribute(&element.attributes, "hidden") != nullptr;
}

/// No-break spaces are layout in HTML; in text they are blanks. Invisible characters go.
std::string plain_blanks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (next.value == 0xA0 || (next.value >= 0x2000 && next.value <= 0x200A)) {
      out += ' ';
    } else if (next.value != 0x200B && next.value != 0x200C && next.value != 0xFEFF &&
               next.value != 0xAD) {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

class Walker {
 public:
  Walker() : out_(kMaxText) {}

  std::string run(const GumboNode* root) {
    node(root, 0, {});
    return out_.take();
  }

 private:
  struct Context {
    bool pre = false;
    int* number = nullptr;  ///< Of the next item of an ordered list.
    bool in_list = false;
  };

  void node(const GumboNode* n, int depth, Context context) {
    if (depth > kMaxDepth || out_.full()) return;
    switch (n->type) {
      case GUMBO_NODE_TEXT:
      case GUMBO_NODE_CDATA:
      case GUMBO_NODE_WHITESPACE: {
        const std::string text = plain_blanks(n->v.text.text);
        if (context.pre)
          out_.verbatim(text);
        else
          out_.words(text);
        return;
      }
      case GUMBO_NODE_DOCUMENT:
        return children(n->v.document.children, depth, context);
      case GUMBO_NODE_ELEMENT:
        return element(n->v.element, depth, context);
      case GUMBO_NODE_COMMENT:
      case GUMBO_NODE_TEMPLATE:
        return;
    }
  }

  void children(const GumboVector& list, int depth, const Context& context) {
    for (unsigned i = 0; i < list.length; ++i)
      node(static_cast<const GumboNode*>(list.data[i]), depth + 1, context);
  }

  void space(Layout layout) {
    if (layout == Layout::line) out_.line();
    if (layout == Layout::paragraph) out_.paragraph();
  }

  void element(const GumboElement& e, int depth, Context context) {
    if (is_skipped(e.tag) || is_hidden(e)) return;
    // Lists inside lists stay close to the item they belong to.
    Layout layout = layout_of(e.tag);
    const bool list = e.tag == GUMBO_TAG_UL || e.tag == GUMBO_TAG_OL;
    if (list && context.in_list) layout = Layout::line;
    space(layout);
    switch (e.tag) {
      case GUMBO_TAG_BR:
        out_.line_break();
        break;
      case GUMBO_TAG_HR:
        out_.line();
        out_.words("---");
        out_.line();
        break;
      case GUMBO_TAG_IMG:
        image(e);
        break;
      case GUMBO_TAG_A:
        link(e, depth, context);
        break;
      case GUMBO_TAG_BLOCKQUOTE:
        out_.quote(+1);
        children(e.children, depth, context);
        out_.quote(-1);
        break;
      case GUMBO_TAG_UL:
      case GUMBO_TAG_OL:
        list_items(e, depth, context);
        break;
      case GUMBO_TAG_LI:
        item(e, depth, context);
        break;
      case GUMBO_TAG_PRE:
        context.pre = true;
        children(e.children, depth, context);
        break;
      case GUMBO_TAG_TD:
      case GUMBO_TAG_TH:
        out_.words(" ");
        children(e.children, depth, context);
        break;
      default:
        children(e.children, depth, context);
        break;
    }
    space(layout);
  }

  void image(const GumboElement& e) {
    const std::string alt = clean_line(attribute(e, "alt").substr(0, 500));
    if (!alt.empty()) out_.words("[" + alt + "]");
  }

  void link(const GumboElement& e, int depth, const Context& context) {
    children(e.children, depth, context);
    const std::string target = clean_line(attribute(e, "href").substr(0, 2'000));
    const bool useful = target.starts_with("http://") || target.starts_with("https://");
    if (useful && !says(e, target)) out_.words(" <" + target + ">");
  }

  /// Whether the link's own text already names its target.
  static bool says(const GumboElement& e, std::string_view target) {
    const auto core = [](std::string_view url) {
      for (const std::string_view start : {"https://", "http://", "www."})
        if (url.starts_with(start)) url.remove_prefix(start.size());
      while (url.ends_with('/')) url.remove_suffix(1);
      return url;
    };
    for (unsigned i = 0; i < e.children.length; ++i) {
      const auto* const child = static_cast<const GumboNode*>(e.children.data[i]);
      if (child->type == GUMBO_NODE_TEXT && core(clean_line(child->v.text.text)) == core(target))
        return true;
    }
    return false;
  }

  void list_items(const GumboElement& e, int depth, Context context) {
    int number = 1;
    context.number = e.tag == GUMBO_TAG_OL ? &number : nullptr;
    out_.indent(context.in_list ? +1 : 0);
    const bool nested = context.in_list;
    context.in_list = true;
    children(e.children, depth, context);
    out_.indent(nested ? -1 : 0);
  }

  void item(const GumboElement& e, int depth, const Context& context) {
    out_.words(context.number ? std::to_string((*context.number)++) + ". " : "- ");
    children(e.children, depth, context);
  }

  TextWriter out_;
};

struct Free {
  void operator()(GumboOutput* output) const {
    gumbo_destroy_output(&kGumboDefaultOptions, output);
  }
};

}  // namespace

std::string html_to_text(std::string_view html) {
  const std::string valid = to_valid_utf8(utf8_prefix(html, kMaxHtml));
  if (!is_tame(valid)) return strip_tags(valid, kMaxText);
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const std::unique_ptr<GumboOutput, Free> document(
      gumbo_parse_with_options(&options, valid.data(), valid.size()));
  return Walker().run(document->document);
}

}  // namespace deskwire::text
