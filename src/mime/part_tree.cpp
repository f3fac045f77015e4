// SPDX-License-Identifier: Apache-2.0
#include "mime/part_tree.hpp"

#include "mime/limits.hpp"

namespace deskwire::mime {
namespace {

struct Open {
  std::uint32_t part = 0;
  std::string boundary;
  bool has_parts = false;
};

class Scanner {
 public:
  explicit Scanner(std::string_view mail) : mail_(mail) {}

  PartTree run() {
    std::size_t at = begin_part(0, Part::kNone);
    while (at < mail_.size() && !full_) at = line(at);
    finish();
    return std::move(tree_);
  }

 private:
  /// Reads the header at `at`, opens a container or a leaf, and answers where its body begins.
  std::size_t begin_part(std::size_t at, std::uint32_t parent) {
    const auto index = static_cast<std::uint32_t>(tree_.parts.size());
    Part& part = tree_.parts.emplace_back();
    part.begin = at;
    part.parent = parent;
    part.depth = parent == Part::kNone ? 0 : tree_.parts[parent].depth + 1;
    part.header = HeaderBlock::read(mail_, at, header_end(at), part.body);
    part.end = mail_.size();
    part.type = parse_content_type(last_of(part.header, "Content-Type"));
    part.disposition = parse_content_type(last_of(part.header, "Content-Disposition"));
    part.encoding = parse_encoding(last_of(part.header, "Content-Transfer-Encoding"));
    part.full_type = effective_type(part, parent);
    tree_.cut |= part.header.cut();
    const std::string_view boundary =
        part.type && part.type->type == "multipart" ? part.type->parameter("boundary") : "";
    if (!boundary.empty() && part.depth < kLimits.depth) {
      open_.push_back({index, std::string(boundary), false});
      leaf_ = Part::kNone;
    } else {
      tree_.cut |= !boundary.empty();
      leaf_ = index;
    }
    return part.body;
  }

  /// Of fields that say how to read the body the last one counts: it stands nearest to the body,
  /// relays add theirs on top.
  static std::string_view last_of(const HeaderBlock& header, std::string_view name) {
    std::string_view value;
    for (const Field& field : header.fields())
      if (equal_ignoring_case(field.name, name)) value = field.value;
    return value;
  }

  /// A part's header ends at the next boundary at the latest, blank line or not.
  std::size_t header_end(std::size_t at) const {
    if (open_.empty()) return mail_.size();
    while (at < mail_.size()) {
      const std::size_t feed = mail_.find('\n', at);
      const std::size_t next = feed == std::string_view::npos ? mail_.size() : feed + 1;
      const std::string_view text = strip(mail_.substr(at, next - at));
      if (text.empty() || match(text) != open_.size()) return text.empty() ? next : at;
      at = next;
    }
    return mail_.size();
  }

  std::string effective_type(const Part& part, std::uint32_t parent) const {
    if (part.type && !part.type->subtype.empty()) return part.type->full();
    const bool digest =
        parent != Part::kNone && tree_.parts[parent].full_type == "multipart/digest";
    if (!part.type && digest) return "message/rfc822";
    return "text/plain";  // Also for a type that cannot be read: people write such mail, and text
                          // is what one can look at.
  }

  static std::string_view strip(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ' ||
                             line.back() == '\t'))
      line.remove_suffix(1);
    return line;
  }

  /// Which open container's boundary (stripped) `line` is; open_.size() if none. It is enough that
  /// the line begins with the boundary (RFC 2046 §5.1.1); since one boundary may be the beginning
  /// of another, the longest decides, then the innermost.
  std::size_t match(std::string_view line) const {
    if (!line.starts_with("--")) return open_.size();
    line.remove_prefix(2);
    std::size_t found = open_.size(), longest = 0;
    for (std::size_t i = open_.size(); i-- > 0;) {
      const std::string_view boundary = strip(open_[i].boundary);
      if (boundary.size() > longest && line.starts_with(boundary)) {
        found = i;
        longest = boundary.size();
      }
    }
    return found;
  }

  std::size_t line(std::size_t at) {
    const std::size_t feed = mail_.find('\n', at);
    const std::size_t next = feed == std::string_view::npos ? mail_.size() : feed + 1;
    if (mail_[at] != '-' || open_.empty()) return next;
    const std::string_view text = strip(mail_.substr(at, next - at));
    const std::size_t which = match(text);
    if (which == open_.size()) return next;
    close_leaf(at);
    while (open_.size() > which + 1) close_container(at);
    const bool last = text.substr(2 + strip(open_[which].boundary).size()).starts_with("--");
    // A boundary with nothing after it opens no part: the mail was cut there, or its author forgot
    // the closing dashes.
    if (last || next >= mail_.size()) {
      close_container(at);
      return next;
    }
    if (tree_.parts.size() >= kLimits.parts) {
      full_ = tree_.cut = true;
      return next;
    }
    open_.back().has_parts = true;
    return begin_part(next, open_.back().part);
  }

  /// The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
  std::size_t before_line_end(std::size_t at, std::size_t floor) const {
    if (at > floor && mail_[at - 1] == '\n') --at;
    if (at > floor && mail_[at - 1] == '\r') --at;
    return at;
  }

  void close_leaf(std::size_t at) {
    if (leaf_ == Part::kNone) return;
    Part& part = tree_.parts[leaf_];
    part.end = before_line_end(at, part.body);
    leaf_ = Part::kNone;
  }

  void close_container(std::size_t at) {
    Part& part = tree_.parts[open_.back().part];
    part.end = at < mail_.size() ? before_line_end(at, part.body) : at;
    part.container = open_.back().has_parts;
    open_.pop_back();
  }

  void finish() {
    if (leaf_ != Part::kNone && !full_) {
      tree_.parts[leaf_].end = mail_.size();
      tree_.parts[leaf_].unterminated = !open_.empty();
    }
    while (!open_.empty()) close_container(mail_.size());
    std::uint32_t leaves = 0;
    for (Part& part : tree_.parts)
      if (!part.container) part.leaf = leaves++;
  }

  std::string_view mail_;
  PartTree tree_;
  std::vector<Open> open_;
  std::uint32_t leaf_ = Part::kNone;  ///< The leaf whose body is being passed.
  bool full_ = false;
};

}  // namespace

PartTree read_parts(std::string_view mail) { return Scanner(mail).run(); }

}  // namespace deskwire::mime
