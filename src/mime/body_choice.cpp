// SPDX-License-Identifier: Apache-2.0
#include "mime/body_choice.hpp"

namespace deskwire::mime {
namespace {

bool is_media(const Part& part) {
  return part.full_type.starts_with("image/") || part.full_type.starts_with("audio/") ||
         part.full_type.starts_with("video/");
}

class Chooser {
 public:
  explicit Chooser(ParsedMail& mail)
      : mail_(mail), parts_(mail.tree.parts), children_(parts_.size()) {
    for (std::uint32_t i = 1; i < parts_.size(); ++i) children_[parts_[i].parent].push_back(i);
  }

  void run() {
    Need need;
    visit(0, "", false, true, need);
  }

 private:
  /// What an enclosing alternative still lacks; set to false once the other form was found in the
  /// same alternative.
  struct Need {
    bool text = true, html = true;
  };

  /// Recursion is bounded by Limits::depth.
  void visit(std::uint32_t index, std::string_view parent_type, bool in_alternative, bool first,
             Need& need) {
    const Part& part = parts_[index];
    if (!part.container) return leaf(index, parent_type, in_alternative, first, need);
    const std::size_t texts = mail_.text_bodies.size(), htmls = mail_.html_bodies.size();
    const bool alternative = part.full_type == "multipart/alternative";
    Need inner;
    bool first_child = true;
    for (const std::uint32_t child : children_[index]) {
      visit(child, part.full_type, in_alternative || alternative, first_child, inner);
      first_child = false;
    }
    if (!alternative) return;
    // One form only: it has to serve as the other one too.
    if (mail_.text_bodies.size() == texts)
      copy_from(mail_.html_bodies, htmls, mail_.text_bodies);
    else if (mail_.html_bodies.size() == htmls)
      copy_from(mail_.text_bodies, texts, mail_.html_bodies);
  }

  static void copy_from(const std::vector<std::uint32_t>& from, std::size_t begin,
                        std::vector<std::uint32_t>& to) {
    to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin), from.end());
  }

  void leaf(std::uint32_t index, std::string_view parent_type, bool in_alternative, bool first,
            Need& need) {
    const Part& part = parts_[index];
    const bool plain = part.full_type == "text/plain", html = part.full_type == "text/html";
    if ((!plain && !html && !is_media(part)) || is_damaged(mail_, index)) {
      mail_.attachments.push_back(index);
      return;
    }
    if (parent_type == "multipart/alternative") {
      if (html) mail_.html_bodies.push_back(index);
      if (plain) mail_.text_bodies.push_back(index);
      if (!html && !plain) mail_.attachments.push_back(index);
      return;
    }
    Need shown{.text = false, .html = false};
    if (is_inline(part, parent_type, first)) {
      if (in_alternative && (need.text || need.html)) {
        if (html) need.text = false;
        if (plain) need.html = false;
      }
      shown = need;
    }
    if (shown.text) mail_.text_bodies.push_back(index);
    if (shown.html) mail_.html_bodies.push_back(index);
    if (is_media(part) || (html ? !shown.html : !shown.text)) mail_.attachments.push_back(index);
  }

  bool is_inline(const Part& part, std::string_view parent_type, bool first) const {
    if (part.disposition && part.disposition->type == "attachment") return false;
    if (first) return true;
    const bool named = part.type && !part.type->parameter("name").empty();
    return parent_type != "multipart/related" && (is_media(part) || !named);
  }

  ParsedMail& mail_;
  const std::vector<Part>& parts_;
  std::vector<std::vector<std::uint32_t>> children_;
};

}  // namespace

void choose_bodies(ParsedMail& mail) { Chooser(mail).run(); }

}  // namespace deskwire::mime
