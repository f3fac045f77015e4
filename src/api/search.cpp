// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/search.
#include <boost/json/serialize.hpp>

#include "api/api.hpp"
#include "api/query.hpp"
#include "desk/ticket_search.hpp"
#include "http/message.hpp"

namespace deskwire {

namespace {

constexpr std::size_t kAfterBytes = 64;

}  // namespace

Api::Answer Api::search(HttpRequest& request, const Principal& who) {
  Query query(request);
  SearchRequest asked;
  asked.text = query.text("q", search::kQueryBytes);
  asked.limit = static_cast<std::uint32_t>(query.number("limit", 1, kSearchPage, asked.limit));
  asked.after = query.text("after", kAfterBytes);
  if (!query.ok()) co_return query.refusal();
  const auto found = co_await settings_.search->find(who.id, std::move(asked));
  co_return json_response(200, boost::json::serialize(found));
}

}  // namespace deskwire
