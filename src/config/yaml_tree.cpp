// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace deskwire::config {
namespace {

// The deepest real path (slas[].targets.resolution.urgent) is 5 levels, the largest real files have
// some thousand nodes.
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::size_t kMaxAnchors = 1'000;
constexpr std::size_t kMaxFaults = 100;

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line), static_cast<std::uint32_t>(mark.column)};
}

/// Ends the parse at once: going on after it would cost what the limit is there to save.
struct Abandon {
  TextFault fault;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Tree& tree) : tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Abandon{{place_of(mark), "a second document", "one YAML document"}};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(leaf(Node::Kind::null, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    auto node = leaf(Node::Kind::scalar, mark);
    node->scalar = value;
    node->quoted = tag == "!";
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw Abandon{{place_of(mark), "an alias inside its own anchor", "a value"}};
    count(found->second->size, mark);
    place(found->second, place_of(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  /// A list or map that is still being read.
  struct Level {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    bool has_key = false, skip = false;
    std::string key;
    Place key_place;
    std::set<std::string> seen;
  };

  std::shared_ptr<Node> leaf(Node::Kind kind, const YAML::Mark& mark) {
    count(1, mark);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->place = place_of(mark);
    return node;
  }

  void count(std::size_t nodes, const YAML::Mark& mark) {
    total_ += nodes;
    if (total_ > kMaxNodes)
      throw Abandon{{place_of(mark), "too much, aliases expanded",
                     "at most " + std::to_string(kMaxNodes) + " values"}};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    fault({place_of(mark), "the tag " + tag, "a value without a tag"});
  }

  void fault(TextFault f) {
    if (tree_.faults.size() < kMaxFaults) tree_.faults.push_back(std::move(f));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_tag(mark, tag);
    if (levels_.size() == kMaxDepth)
      throw Abandon{
          {place_of(mark), "nesting deeper than " + std::to_string(kMaxDepth), "a flatter file"}};
    levels_.push_back(
        {.node = leaf(kind, mark), .anchor = anchor, .key = {}, .key_place = {}, .seen = {}});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.anchor);
  }

  void add(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    const Place at = node->place;
    const NodePtr done = std::move(node);
    if (anchor != 0) {
      if (anchors_.size() == kMaxAnchors)
        throw Abandon{
            {at, "one anchor more", "at most " + std::to_string(kMaxAnchors) + " anchors"}};
      anchors_.emplace(anchor, done);
    }
    place(done, at);
  }

  void place(const NodePtr& node, Place at) {
    if (levels_.empty()) {
      tree_.root = node;
      return;
    }
    Level& level = levels_.back();
    if (level.node->kind == Node::Kind::list) {
      level.node->size += node->size;
      level.node->items.push_back(node);
    } else if (!level.has_key) {
      take_key(level, *node, at);
    } else {
      level.has_key = false;
      if (level.skip) return;
      level.node->size += node->size + 1;
      level.node->entries.push_back({level.key, level.key_place, node});
    }
  }

  void take_key(Level& level, const Node& key, Place at) {
    level.has_key = true;
    level.skip = true;
    level.key = key.scalar;
    level.key_place = at;
    if (key.kind != Node::Kind::scalar) return fault({at, describe(key) + " as a key", "a name"});
    if (!level.seen.insert(level.key).second)
      return fault({at, "the key " + describe(key) + " a second time", "each key once"});
    level.skip = false;
  }

  Tree& tree_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, NodePtr> anchors_;
  std::size_t total_ = 0;
  int documents_ = 0;
};

}  // namespace

const Node::Entry* Node::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  constexpr std::size_t kShown = 60;
  if (node.scalar.size() <= kShown) return '"' + node.scalar + '"';
  std::size_t length = kShown;  // Never cut inside a UTF-8 sequence.
  while (length > 0 && (static_cast<unsigned char>(node.scalar[length]) & 0xC0) == 0x80) --length;
  return '"' + node.scalar.substr(0, length) + "…\"";
}

Tree parse_yaml(const SourceText& source) {
  Tree tree;
  TreeBuilder builder(tree);
  std::istringstream in(source.text());
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Abandon& stop) {
    tree.root = nullptr;
    tree.faults.push_back(stop.fault);
  } catch (const YAML::Exception& error) {
    tree.root = nullptr;
    tree.faults.push_back({place_of(error.mark), "broken YAML: " + error.msg, "well-formed YAML"});
  }
  if (tree.root == nullptr && tree.faults.empty())
    tree.faults.push_back({{}, "nothing but comments", "a configuration"});
  return tree;
}

}  // namespace deskwire::config
