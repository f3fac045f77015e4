// SPDX-License-Identifier: Apache-2.0
// ticket.search.
#include <algorithm>
#include <utility>

#include "console/methods.hpp"
#include "desk/ticket_search.hpp"

namespace deskwire {

namespace {

constexpr std::size_t kAfterBytes = 64;

}  // namespace

Methods::Answer Methods::search(SessionPtr session, Params params) {
  JsonReader reader(params);
  SearchRequest request;
  request.text = reader.text("query", search::kQueryBytes);
  request.limit = static_cast<std::uint32_t>(
      reader.optional_number("limit", 1, kSearchPage).value_or(request.limit));
  request.after = reader.optional_text("after", kAfterBytes).value_or("");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await settings_.search->find(session->who->id, std::move(request));
}

}  // namespace deskwire
