// SPDX-License-Identifier: Apache-2.0
#include "desk/search_filters.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "deskwire/base/nearest_name.hpp"

namespace deskwire {
namespace {

using Field = SearchFilter::Field;
using Values = std::vector<std::pair<Field, std::uint64_t>>;

constexpr std::string_view kOpen = "open";
constexpr std::string_view kMe = "me";
constexpr std::string_view kNobody = "none";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
  return out;
}

std::vector<std::string> alternatives(std::string_view value) {
  std::vector<std::string> out;
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (comma > 0) out.push_back(lower(value.substr(0, comma)));
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return out;
}

template <class E>
std::uint64_t number(E value) {
  return static_cast<std::uint64_t>(value);
}

/// One value of one filter; false when it means nothing.
class ValueReader {
 public:
  ValueReader(const NamesAround& names, Values& out) : names_(names), out_(out) {}

  bool state(const std::string& value) {
    if (value == kOpen) {
      for (const TicketState state :
           {TicketState::queued, TicketState::assigned, TicketState::pending, TicketState::on_hold})
        out_.emplace_back(Field::state, number(state));
      return true;
    }
    return add(Field::state, parse_name<TicketState>(value));
  }

  bool queue(const std::string& value) {
    for (const Queue& queue : names_.policy.queues)
      if (lower(queue.name) == value && names_.sight.sees_queue(queue.id))
        return add(Field::queue, std::optional(queue.id.value));
    return false;
  }

  bool agent(const std::string& value) {
    if (value == kMe) return add(Field::agent, std::optional(names_.asker.value));
    if (value == kNobody) return add(Field::agent, std::optional<std::uint64_t>(0));
    const UserRow* user = names_.people.find(value);
    return user != nullptr && add(Field::agent, std::optional(user->id.value));
  }

  bool channel(const std::string& value) {
    const bool kind = add(Field::channel, parse_name<Channel>(value));
    for (const ChannelPolicy& channel : names_.policy.channels)
      if (lower(channel.name) == value)
        return add(Field::channel_name, std::optional(channel.id.value));
    return kind;
  }

 private:
  template <class T>
  bool add(Field field, std::optional<T> value) {
    if (value) out_.emplace_back(field, number(*value));
    return value.has_value();
  }

  const NamesAround& names_;
  Values& out_;
};

/// What might have been meant.
std::vector<std::string> known_names(const std::string& key, const NamesAround& names) {
  std::vector<std::string> out;
  if (key == "state") {
    out.emplace_back(kOpen);
    for (const std::string_view state : EnumNames<TicketState>::value) out.emplace_back(state);
  } else if (key == "queue") {
    for (const Queue& queue : names.policy.queues)
      if (names.sight.sees_queue(queue.id)) out.push_back(lower(queue.name));
  } else if (key == "agent") {
    for (const UserRow& user : names.people.all()) out.push_back(user.user);
  } else if (key == "channel") {
    for (const std::string_view kind : EnumNames<Channel>::value) out.emplace_back(kind);
    for (const ChannelPolicy& channel : names.policy.channels) out.push_back(lower(channel.name));
  }
  return out;
}

std::string hint(const std::string& key, const std::string& value, const NamesAround& names) {
  const std::vector<std::string> known = known_names(key, names);
  const std::vector<std::string_view> views(known.begin(), known.end());
  const std::string_view near = nearest_name(value, views);
  std::string out = "There is no " + key + " \"" + value + "\"";
  if (near.empty()) return out + ".";
  return out + "; did you mean \"" + std::string(near) + "\"?";
}

bool read_value(const std::string& key, const std::string& value, ValueReader& values) {
  if (key == "state") return values.state(value);
  if (key == "queue") return values.queue(value);
  if (key == "agent") return values.agent(value);
  return values.channel(value);
}

}  // namespace

std::vector<SearchFilter> read_filters(const std::vector<search::NamedFilter>& filters,
                                       const NamesAround& names, std::vector<std::string>& hints) {
  std::vector<SearchFilter> out;
  for (const search::NamedFilter& filter : filters) {
    SearchFilter& read = out.emplace_back();
    read.negated = filter.negated;
    if (filter.key == "tag") {
      read.tags = alternatives(filter.value);
      continue;
    }
    ValueReader values(names, read.values);
    for (const std::string& value : alternatives(filter.value))
      if (!read_value(filter.key, value, values)) hints.push_back(hint(filter.key, value, names));
  }
  return out;
}

}  // namespace deskwire
