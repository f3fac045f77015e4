// SPDX-License-Identifier: Apache-2.0
#include "desk/sign_in.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "auth/session_token.hpp"

namespace deskwire {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxUserBytes = 128;

/// User names are kept in lower case.
std::string normalised(std::string user) {
  for (char& c : user)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return user;
}

Principal principal_of(const UserRow& row) {
  return {.id = row.id,
          .user = row.user,
          .name = row.name.empty() ? row.user : row.name,
          .role = row.role};
}

}  // namespace

SignIn::SignIn(SignInSettings settings, Workers& workers, Directory& directory, Feed& feed)
    : settings_(std::move(settings)),
      workers_(workers),
      directory_(directory),
      hasher_(settings_.cost),
      sessions_(settings_.sessions),
      second_factor_(workers),
      api_tokens_(workers),
      by_user_(settings_.per_user),
      by_address_(settings_.per_address) {
  subscription_ = feed.subscribe([this](const std::shared_ptr<const Batch>& batch) {
    for (const JournalEntry& entry : batch->journal)
      for (const Event& event : entry.events)
        if (const auto* put = std::get_if<AgentPut>(&event); put && !put->agent.enabled)
          forget_user(put->agent.id);
  });
}

/// Without `code` the second factor is not asked for.
asio::awaitable<std::expected<UserRow, SignInRefused>> SignIn::by_password(
    std::string user, std::string password, std::optional<std::string> code, std::string network) {
  using Kind = SignInRefused::Kind;
  user = normalised(std::move(user));
  if (user.empty() || user.size() > kMaxUserBytes)
    co_return std::unexpected(SignInRefused{.kind = Kind::wrong, .retry_after = {}});
  // Both are taken before any work is done, so that parallel attempts cannot outrun the limits.
  const Instant now = settings_.now();
  if (const Duration wait = by_address_.take(network, now); wait > Duration{0})
    co_return std::unexpected(SignInRefused{.kind = Kind::limited, .retry_after = wait});
  if (const Duration wait = by_user_.take(user, now); wait > Duration{0}) {
    by_address_.refund(network);
    co_return std::unexpected(SignInRefused{.kind = Kind::limited, .retry_after = wait});
  }
  std::optional<UserRow> row;
  auto verdict = SecondFactor::Verdict::passed;
  bool right = false;
  try {
    auto find = [user](Reader& reader) { return reader.user(user); };
    row = co_await workers_.read(std::move(find));
    // Unknown and disabled users cost the same work: the answer's time tells nothing.
    auto verify = [this, encoded = row ? row->password_hash : std::string(),
                   typed = std::move(password)] { return hasher_.verify(encoded, typed); };
    right = co_await workers_.run(Workers::Pool::hash, std::move(verify));
    right = right && row && row->enabled;
    if (right && code) verdict = co_await second_factor_.check(row->id, std::move(*code), now);
  } catch (const Busy&) {
    by_user_.refund(user);
    by_address_.refund(network);
    co_return std::unexpected(SignInRefused{.kind = Kind::busy, .retry_after = seconds(1)});
  }
  if (!right || verdict == SecondFactor::Verdict::wrong) {
    spdlog::info("log-in failed");
    co_return std::unexpected(
        SignInRefused{.kind = right ? Kind::code_wrong : Kind::wrong, .retry_after = {}});
  }
  by_user_.refund(user);
  by_address_.refund(network);
  if (verdict == SecondFactor::Verdict::needed)
    co_return std::unexpected(SignInRefused{.kind = Kind::code_needed, .retry_after = {}});
  co_return std::move(*row);
}

asio::awaitable<std::expected<SignedIn, SignInRefused>> SignIn::log_in(std::string user,
                                                                       std::string password,
                                                                       std::string code,
                                                                       Caller from) {
  auto row =
      co_await by_password(std::move(user), std::move(password), std::move(code), from.network);
  if (!row) co_return std::unexpected(row.error());
  SignedIn out{.token = draw_session_token(), .expires_at = {}, .who = principal_of(*row)};
  const SessionRow session = sessions_.open({.token_hash = session_token_hash(out.token),
                                             .user = row->id,
                                             .device = std::move(from.device),
                                             .network = std::move(from.network)},
                                            settings_.now());
  out.expires_at = session.expires_at;
  auto put = [session](Store& store) { store.put_session(session); };
  co_await workers_.store(std::move(put));
  co_return out;
}

asio::awaitable<std::optional<SignInRefused>> SignIn::check_password(std::string user,
                                                                     std::string password,
                                                                     std::string network) {
  const auto row =
      co_await by_password(std::move(user), std::move(password), std::nullopt, std::move(network));
  co_return row ? std::nullopt : std::optional(row.error());
}

asio::awaitable<std::optional<SignInRefused>> SignIn::check_code(const Principal& who,
                                                                 std::string code) {
  const std::string user = who.user;
  const Instant now = settings_.now();
  if (const Duration wait = by_user_.take(user, now); wait > Duration{0})
    co_return SignInRefused{.kind = SignInRefused::Kind::limited, .retry_after = wait};
  const auto verdict = co_await second_factor_.check(who.id, std::move(code), now);
  if (verdict == SecondFactor::Verdict::wrong)
    co_return SignInRefused{.kind = SignInRefused::Kind::code_wrong, .retry_after = {}};
  by_user_.refund(user);
  if (verdict == SecondFactor::Verdict::passed) co_return std::nullopt;
  co_return SignInRefused{.kind = SignInRefused::Kind::code_needed, .retry_after = {}};
}

asio::awaitable<std::optional<ApiToken>> SignIn::revoke_api_token(std::string id) {
  auto token = co_await api_tokens_.revoke(std::move(id));
  if (token) forget_user(token->user);
  co_return token;
}

/// Asks as its user, for as long as it is good; nothing slides.
asio::awaitable<std::optional<SignedIn>> SignIn::by_api_token(std::string token) {
  const auto found = co_await api_tokens_.find(token, settings_.now());
  if (!found) co_return std::nullopt;
  auto owner = co_await principal(found->user);
  if (!owner) co_return std::nullopt;
  co_return SignedIn{
      .token = std::move(token), .expires_at = found->expires_at, .who = std::move(*owner)};
}

asio::awaitable<std::optional<Principal>> SignIn::principal(AgentId id) {
  const PeoplePtr people = co_await directory_.people();
  const UserRow* row = people->find(id);
  if (row == nullptr || !row->enabled) co_return std::nullopt;
  co_return principal_of(*row);
}

asio::awaitable<std::optional<SignedIn>> SignIn::who(std::string token) {
  if (ApiTokens::looks_like_one(token)) co_return co_await by_api_token(std::move(token));
  if (!looks_like_session_token(token)) co_return std::nullopt;
  const std::string hash = session_token_hash(token);
  auto hit = sessions_.use(hash, settings_.now());
  if (!hit) {
    auto find = [hash](Reader& reader) { return reader.session(hash); };
    const auto row = co_await workers_.read(std::move(find));
    if (row) hit = sessions_.adopt(*row, settings_.now());
  }
  if (!hit) co_return std::nullopt;
  auto owner = co_await principal(hit->session.user);
  if (!owner) {
    sessions_.forget(hash);
    co_return std::nullopt;
  }
  if (hit->write) {
    auto put = [row = hit->session](Store& store) { store.put_session(row); };
    co_await workers_.store(std::move(put));
  }
  co_return SignedIn{
      .token = std::move(token), .expires_at = hit->session.expires_at, .who = std::move(*owner)};
}

asio::awaitable<void> SignIn::log_out(std::string token) {
  if (looks_like_session_token(token)) co_await end_session(session_token_hash(token));
}

asio::awaitable<void> SignIn::end_session(std::string token_hash) {
  sessions_.forget(token_hash);
  auto remove = [hash = std::move(token_hash)](Store& store) { store.delete_session(hash); };
  co_await workers_.store(std::move(remove));
}

void SignIn::forget_user(AgentId user) {
  sessions_.forget_user(user);
  directory_.forget();
  changed_(user);
}

}  // namespace deskwire
