// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/search_reader.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>

#include "storage/sqlite/search_match.hpp"

namespace deskwire::sqlite {
namespace {

/// Documents that are looked at for one question, the newest first.
constexpr std::size_t kDocuments = 20'000;
/// Steps of SQLite's machine between two looks at the time.
constexpr int kSteps = 2'000;
/// After so long a document has lost half of what age can take from it,
constexpr double kHalfLifeDays = 90;
/// and this much it never loses.
constexpr double kAgeless = 0.4;

/// While it lives, `spent` can stop what runs on the connection.
class Limit {
 public:
  Limit(sqlite3* handle, const std::function<bool()>& spent) : handle_(handle) {
    sqlite3_progress_handler(
        handle, kSteps,
        [](void* ask) { return (*static_cast<const std::function<bool()>*>(ask))() ? 1 : 0; },
        const_cast<std::function<bool()>*>(&spent));
  }
  ~Limit() { sqlite3_progress_handler(handle_, 0, nullptr, nullptr); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  sqlite3* handle_;
};

double worth(double bm25, Instant at, Instant now) {
  const double days = std::max(0.0, static_cast<double>((now - at).ms) / 86'400'000.0);
  return -bm25 * (kAgeless + (1 - kAgeless) * std::exp2(-days / kHalfLifeDays));
}

/// The best document of each ticket.
class Best {
 public:
  explicit Best(const SearchQuestion& question) : question_(question) {}

  /// False: there are enough tickets already.
  bool add(const SearchHit& hit) {
    const auto [place, is_new] = places_.try_emplace(hit.ticket, hits_.size());
    if (is_new) {
      if (hits_.size() >= question_.tickets) return false;
      hits_.push_back(hit);
    } else if (hit.score > hits_[place->second].score) {
      hits_[place->second] = hit;
    }
    return true;
  }

  std::vector<SearchHit> take() {
    std::ranges::sort(hits_, [](const SearchHit& a, const SearchHit& b) {
      return std::tuple(a.score, a.ticket) > std::tuple(b.score, b.ticket);
    });
    return std::move(hits_);
  }

 private:
  const SearchQuestion& question_;
  std::vector<SearchHit> hits_;
  std::unordered_map<TicketId, std::size_t> places_;
};

}  // namespace

SearchFileReader::SearchFileReader(const std::filesystem::path& file, const std::string& vfs)
    : database_(file, Database::Mode::read, vfs) {
  database_.execute("PRAGMA query_only = ON");
  database_.execute("PRAGMA cache_size = -8192");
}

SearchHits SearchFileReader::find(const SearchQuestion& question,
                                  const std::function<bool()>& spent) {
  SearchHits out;
  Best best(question);
  try {
    const Limit limit(database_.handle(), spent);
    Statement statement(database_, select_of(question));
    std::size_t looked_at = 0;
    for (Rows rows = statement.rows(); rows.next();) {
      const Instant at = rows.instant(2);
      const SearchHit hit{.ticket = rows.id<TicketId>(0),
                          .window = rows.number<std::uint32_t>(1),
                          .at = at,
                          .score = worth(rows.real(3), at, question.now)};
      if (!best.add(hit) || ++looked_at > kDocuments || spent()) {
        out.complete = false;
        break;
      }
    }
  } catch (const StoreError&) {
    if (!spent()) throw;  // Else it was stopped by us.
    out.complete = false;
  }
  out.hits = best.take();
  return out;
}

}  // namespace deskwire::sqlite
