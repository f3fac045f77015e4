// SPDX-License-Identifier: Apache-2.0
// Macros: kept by supervisors, used by everyone whose queue they are for.
#include <algorithm>
#include <boost/json/array.hpp>
#include <tuple>
#include <utility>

#include "console/macro.hpp"
#include "console/methods.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::uint32_t kMacros = 500;
constexpr std::uint64_t kMaxId = (1ull << 53) - 1;

RpcError no_such_macro() {
  return {.code = RpcCode::refused,
          .message = "refused",
          .data = {{"refusal", "no_such_macro"}, {"detail", "There is no such macro."}}};
}

/// For everyone, or for a queue that is theirs.
bool sees_macro(const Sight& eyes, const Policy& policy, const Macro& macro) {
  if (eyes.all() || macro.queue.empty()) return true;
  const Queue* queue = policy.queue(macro.queue);
  return queue != nullptr && eyes.sees_queue(queue->id);
}

/// The name of a person; an address is none.
std::string name_of(const std::vector<IdentityContent>& identities) {
  const auto named =
      std::ranges::find_if(identities, [](const auto& i) { return !i.name.empty(); });
  return named == identities.end() ? std::string() : named->name;
}

}  // namespace

/// All, whoever they are for, by name.
asio::awaitable<std::vector<Macro>> Methods::macros() {
  auto job = [](Reader& reader) { return reader.records(std::string(kMacroKind), {}, kMacros); };
  const std::vector<Record> records = co_await desk_.workers().read(std::move(job));
  std::vector<Macro> out;
  for (const Record& record : records)
    if (auto macro = macro_of(record)) out.push_back(std::move(*macro));
  std::ranges::sort(out, {}, [](const Macro& macro) { return std::tie(macro.name, macro.id); });
  co_return out;
}

Methods::Answer Methods::list_macros(SessionPtr session, Params) {
  const std::vector<Macro> all = co_await macros();
  const Sight eyes = desk_.lookup().sight(session->who->id);
  const PolicyPtr policy = desk_.gateway().policy();
  json::array items;
  for (const Macro& macro : all)
    if (sees_macro(eyes, *policy, macro)) items.push_back(macro_row(macro));
  co_return json::object{{"items", std::move(items)}};
}

Methods::Answer Methods::put_macro(SessionPtr session, Params params) {
  JsonReader reader(params);
  const std::uint64_t id = reader.optional_number("id", 1, kMaxId).value_or(0);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!desk_.lookup().sight(session->who->id).all())
    co_return std::unexpected(rpc_error(Refusal::not_allowed));
  auto macro = read_macro(params, *desk_.gateway().policy());
  if (!macro) co_return std::unexpected(rpc_invalid(macro.error()));
  const std::vector<Macro> all = co_await macros();
  const Instant now = settings_.now();
  if (id != 0) {
    if (std::ranges::find(all, id, &Macro::id) == all.end())
      co_return std::unexpected(no_such_macro());
    macro->id = id;
  } else {
    if (all.size() >= kMacros)
      co_return std::unexpected(rpc_invalid("there are 500 macros, and no more are kept"));
    macro->id = next_macro(all, now);
  }
  json::object row = macro_row(*macro);
  auto job = [record = macro_record(*macro, now)](Store& store) {
    store.put_record(record, kMacros);
  };
  co_await desk_.workers().store(std::move(job));
  co_await remember(session, {.act = DeskAct::macro_saved, .whom = {}, .thing = macro->id});
  co_return json::object{{"macro", std::move(row)}};
}

/// The time, which no macro that is gone had either, and one more for each that came at once.
std::uint64_t Methods::next_macro(const std::vector<Macro>& all, Instant now) {
  last_macro_ = std::max(last_macro_ + 1, static_cast<std::uint64_t>(now.ms));
  for (const Macro& macro : all) last_macro_ = std::max(last_macro_, macro.id + 1);
  return last_macro_;
}

Methods::Answer Methods::delete_macro(SessionPtr session, Params params) {
  JsonReader reader(params);
  const std::uint64_t id = reader.number("id", 1, kMaxId);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!desk_.lookup().sight(session->who->id).all())
    co_return std::unexpected(rpc_error(Refusal::not_allowed));
  const std::vector<Macro> all = co_await macros();
  if (std::ranges::find(all, id, &Macro::id) == all.end())
    co_return std::unexpected(no_such_macro());
  auto job = [id](Store& store) {
    store.delete_record(std::string(kMacroKind), std::to_string(id));
  };
  co_await desk_.workers().store(std::move(job));
  co_await remember(session, {.act = DeskAct::macro_deleted, .whom = {}, .thing = id});
  co_return json::object{};
}

Methods::Answer Methods::render(SessionPtr session, Params params) {
  JsonReader reader(params);
  const std::uint64_t id = reader.number("macro", 1, kMaxId);
  const auto ticket = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const AgentId me = session->who->id;
  const std::vector<Macro> all = co_await macros();
  const PolicyPtr policy = desk_.gateway().policy();
  const auto macro = std::ranges::find(all, id, &Macro::id);
  if (macro == all.end() || !sees_macro(desk_.lookup().sight(me), *policy, *macro))
    co_return std::unexpected(no_such_macro());
  const auto row = co_await desk_.lookup().find_ticket(me, ticket);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  auto job = [customer = row->ticket.customer](Reader& r) { return r.identities(customer); };
  const auto identities = co_await desk_.workers().read(std::move(job));
  const Queue* queue = policy->queue(row->ticket.queue);
  const text::Filled filled =
      render_macro(*macro, {.customer = name_of(identities),
                            .ticket = std::to_string(ticket.value),
                            .subject = row->subject,
                            .queue = queue == nullptr ? std::string() : queue->name,
                            .agent = session->who->name,
                            .desk = policy->desk_name});
  json::array missing;
  for (const std::string& name : filled.missing) missing.emplace_back(name);
  co_return json::object{{"text", filled.text}, {"missing", std::move(missing)}};
}

}  // namespace deskwire
