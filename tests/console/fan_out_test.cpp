// SPDX-License-Identifier: Apache-2.0
// Which events reach which session, in which bytes, and that equal ones are written once.
#include <catch2/catch.hpp>

#include "console/fan_out.hpp"

using namespace deskwire;

namespace {

/// Keeps what it is given to send.
class Recorder final : public WebSocket {
 public:
  boost::asio::awaitable<std::optional<std::string>> receive() override { co_return std::nullopt; }
  bool send(FramesPtr frames) override {
    sent.push_back(std::move(frames));
    return true;
  }
  void close(CloseCode, std::string) override {}
  void set_deadline(std::chrono::milliseconds, CloseCode, std::string) override {}
  void clear_deadline() override {}
  const std::string& protocol() const override { return none_; }
  bool closing() const override { return false; }

  std::vector<FramesPtr> sent;

 private:
  std::string none_;
};

struct Watcher {
  explicit Watcher(std::uint32_t agent)
      : socket(std::make_shared<Recorder>()), session(socket, RateLimit{}) {
    session.who.emplace();
    session.who->id = AgentId{agent};
    session.live = true;
  }
  [[nodiscard]] std::string got() const {
    std::string out;
    for (const FramesPtr& frames : socket->sent) out += frames->bytes;
    return out;
  }
  std::shared_ptr<Recorder> socket;
  Session session;
};

FanOut for_agents(std::uint32_t count) {
  std::vector<FanOut::Viewer> viewers;
  for (std::uint32_t id = 1; id <= count; ++id) viewers.push_back({AgentId{id}, Sight(nullptr)});
  return FanOut(std::move(viewers));
}

EventText event(Cursor at, std::string json = "{}") {
  return {at, Instant{}, {.type = "ticket.changed", .json = std::move(json)}};
}

std::string prev_of(const std::string& bytes, std::uint64_t seq) {
  const std::string head =
      R"({"jsonrpc":"2.0","method":"event","params":{"seq":)" + std::to_string(seq) + R"(,"prev":)";
  const auto at = bytes.find(head);
  if (at == std::string::npos) return "absent";
  const auto from = at + head.size();
  return bytes.substr(from, bytes.find(',', from) - from);
}

}  // namespace

TEST_CASE("sessions that see the same after the same share one copy") {
  FanOut fan = for_agents(3);
  fan.add(event({7, 0}), {0, 1, 2});
  fan.add(event({7, 1}), {0, 1});
  Watcher one(1), other(2), less(3), behind(1);
  for (Watcher* w : {&one, &other, &less}) w->session.sent = {6, 0};
  for (Watcher* w : {&one, &other, &less, &behind}) fan.tell(w->session);
  REQUIRE(one.socket->sent.size() == 1);
  CHECK(one.socket->sent == other.socket->sent);
  CHECK(one.socket->sent[0]->count == 2);
  CHECK(less.socket->sent[0]->count == 1);
  CHECK(behind.socket->sent != one.socket->sent);
  const auto first = Cursor{7, 0}.wire(), second = Cursor{7, 1}.wire();
  CHECK(prev_of(one.got(), first) == std::to_string(Cursor{6, 0}.wire()));
  CHECK(prev_of(one.got(), second) == std::to_string(first));
  CHECK(prev_of(less.got(), second) == "absent");
  CHECK(prev_of(behind.got(), first) == "0");
  CHECK(one.session.sent.wire() == second);
  CHECK(less.session.sent.wire() == first);
}

TEST_CASE("who sees nothing is told nothing, and goes on from where it was") {
  FanOut fan = for_agents(2);
  fan.add(event({7, 0}), {0});
  Watcher blind(2), stranger(9);
  blind.session.sent = {5, 3};
  fan.tell(blind.session);
  fan.tell(stranger.session);
  CHECK(blind.socket->sent.empty());
  CHECK(stranger.socket->sent.empty());
  CHECK(blind.session.sent.wire() == Cursor{5, 3}.wire());
}

TEST_CASE("a session is told what came after it, and the board's rows only if it wants them") {
  FanOut fan = for_agents(1);
  fan.add(event({7, 0}), {0});
  fan.add(event({8, 0}), {0});
  fan.add_board(event(Cursor::end_of(8)), 9, {0});
  const auto told = [&](std::uint64_t live_after, bool board, std::uint64_t board_after) {
    Watcher watcher(1);
    watcher.session.live_after = live_after;
    watcher.session.board = board;
    watcher.session.board_after = board_after;
    fan.tell(watcher.session);
    std::vector<bool> out;
    for (const Cursor at : {Cursor{7, 0}, Cursor{8, 0}, Cursor::end_of(8)})
      out.push_back(prev_of(watcher.got(), at.wire()) != "absent");
    return out;
  };
  CHECK(told(6, false, 0) == std::vector{true, true, false});
  CHECK(told(6, true, 8) == std::vector{true, true, true});
  CHECK(told(6, true, 9) == std::vector{true, true, false});
  CHECK(told(7, true, 8) == std::vector{false, true, true});
  CHECK(told(8, true, 8) == std::vector{false, false, true});
}

TEST_CASE("much at once is cut into pieces, which follow each other") {
  FanOut fan = for_agents(1);
  constexpr std::uint64_t kRows = 20;
  for (std::uint64_t row = 1; row <= kRows; ++row)
    fan.add(event({row, 0}, '"' + std::string(10'000, 'x') + '"'), {0});
  Watcher watcher(1);
  fan.tell(watcher.session);
  CHECK(watcher.socket->sent.size() > 2);
  std::size_t frames = 0;
  for (const FramesPtr& piece : watcher.socket->sent) {
    CHECK(piece->bytes.size() < (64u << 10));
    frames += piece->count;
  }
  CHECK(frames == kRows);
  for (std::uint64_t row = 2; row <= kRows; ++row)
    CHECK(prev_of(watcher.got(), Cursor{row, 0}.wire()) ==
          std::to_string(Cursor{row - 1, 0}.wire()));
}

TEST_CASE("sessions that are all different get their own bytes, each") {
  FanOut fan = for_agents(1);
  fan.add(event({10'000, 0}), {0});
  for (std::uint64_t n = 1; n <= 600; ++n) {
    Watcher watcher(1);
    watcher.session.sent = {n, 0};
    fan.tell(watcher.session);
    REQUIRE(prev_of(watcher.got(), Cursor{10'000, 0}.wire()) ==
            std::to_string(Cursor{n, 0}.wire()));
  }
}
