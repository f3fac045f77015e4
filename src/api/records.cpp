// SPDX-License-Identifier: Apache-2.0
// What entrances did not believe, and whose an address is.
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "api/query.hpp"
#include "codec/wire.hpp"
#include "http/json.hpp"
#include "http/problem.hpp"
#include "http/quarantine.hpp"

namespace deskwire {
namespace json = boost::json;

namespace {

constexpr std::size_t kAddressBytes = 320;

}  // namespace

Api::Answer Api::quarantine(HttpRequest& request, const Principal& who) {
  Query query(request);
  const auto limit = static_cast<std::uint32_t>(query.number("limit", 1, 200, 50));
  const std::string after = query.text("after", 64);
  const auto before = after.empty() ? std::optional(Instant{}) : wire::parse_time(after);
  if (!before) query.complain("after", "is no RFC 3339 time");
  if (!query.ok()) co_return query.refusal();
  const auto found =
      co_await lookup_.records(who.id, std::string(kQuarantineRecord), *before, limit);
  if (!found) co_return problem(403, "forbidden", "The quarantine is for supervisors.");
  co_return json_response(200, json::serialize(*found));
}

Api::Answer Api::bind_identity(HttpRequest& request, const Principal& who) {
  const auto body = parse_json(request.body);
  if (!body) co_return problem(400, "malformed_json", body.error());
  if (!body->is_object()) co_return problem(422, "invalid_body", "The body must be an object.");
  JsonReader reader(body->as_object());
  const std::string kind = reader.text("kind", 16);
  const std::string value = reader.text("value", kAddressBytes);
  if (kind != "email" && kind != "phone") reader.fail("kind", "email or phone");
  if (!reader.ok()) co_return problem(422, "invalid_body", reader.error());
  const CustomerId customer{parse_number(request.params.at(0)).value_or(0)};
  const auto seen = co_await lookup_.customer(who.id, customer);
  if (!seen) co_return problem(404, "not_found", "There is nothing here that you may see.");
  IdentityContent identity = settings_.read_identity(kind, value);
  if (!identity.key)
    co_return problem(422, "invalid_body",
                      kind == "phone" ? "This is no phone number." : "This is no mail address.");
  Command command{.actor = {.kind = ActorKind::agent, .agent = who.id},
                  .body = BindIdentity{.customer = customer, .identity = std::move(identity)}};
  const Submission done = co_await gateway_.submit(std::move(command), Lane::interactive);
  if (done.kind != Submission::Kind::done) co_return problem_for(done);
  const auto now = co_await lookup_.customer(who.id, customer);
  co_return json_response(201, json::serialize(now.value_or(json::object{})));
}

}  // namespace deskwire
