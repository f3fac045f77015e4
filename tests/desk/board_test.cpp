// SPDX-License-Identifier: Apache-2.0
// The board over a real engine's day: a fold of batches, and the same as one made anew from the
// rows.
#include "desk/board.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "desk/alerts.hpp"
#include "desk/totals.hpp"
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy watched_policy() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  for (Queue& queue : policy.queues)
    queue.level = ServiceLevel{.within = minutes(30), .target_percent = 80, .calendar = {}};
  return policy;
}

/// An engine, and a board that follows it as the desk's does.
struct Watched {
  explicit Watched(Policy p = watched_policy())
      : policy(std::make_shared<const Policy>(std::move(p))),
        w(policy),
        board(State{}, policy, w.now),
        alerts(policy) {
    follow();
  }

  /// What the engine touched since the last time, as one batch.
  BoardChange follow() {
    Batch batch;
    batch.journal.push_back({.seq = ++seq, .at = w.now, .actor = {}, .command = "", .events = {}});
    take(w.stored().tickets, tickets, batch.tickets);
    take(w.stored().agents, agents, batch.agents);
    take(w.stored().offers, offers, batch.offers);
    BoardChange change = board.apply(batch);
    change.alerts = alerts.judge(board);
    return change;
  }
  void pass(Duration time) {
    w.pass(time);
    follow();
    board.advance(w.now);
    alerts.judge(board);
  }
  [[nodiscard]] Board made_anew() const {
    State state;
    for (const auto& [id, ticket] : w.stored().tickets)
      if (ticket.state != TicketState::closed) state.tickets.emplace(id, ticket);
    for (const auto& [id, agent] : w.stored().agents) state.agents.emplace(id, agent);
    for (const auto& [id, offer] : w.stored().offers)
      if (offer.end == OfferEnd::pending) state.offers.emplace(id, offer);
    return Board(state, policy, w.now);
  }
  void resolve(AgentId agent, TicketId ticket) {
    w.by(agent, ResolveTicket{.ticket = ticket, .disposition = {}});
  }

  PolicyPtr policy;
  World w;
  Board board;
  AlertBook alerts;
  std::uint64_t seq = 0;
  std::map<TicketId, Ticket> tickets;
  std::map<AgentId, Agent> agents;
  std::map<OfferId, Offer> offers;

 private:
  template <class Map, class Row>
  static void take(const Map& now, Map& before, std::vector<Row>& out) {
    for (const auto& [id, row] : now) {
      const auto old = before.find(id);
      if (old == before.end() || !(old->second == row)) out.push_back(row);
    }
    before = now;
  }
};

std::uint32_t sum(const Slots& slots) { return std::accumulate(slots.begin(), slots.end(), 0U); }

void check_same(const Board& a, const Board& b) {
  for (const QueueId id : {general, billing}) {
    const QueueFigures left = a.queue(id), right = b.queue(id);
    CHECK(left.waiting == right.waiting);
    CHECK(left.oldest_at == right.oldest_at);
    CHECK(left.next_due_at == right.next_due_at);
    CHECK(left.late == right.late);
    CHECK(left.due_soon == right.due_soon);
    CHECK(left.level.met == right.level.met);
    CHECK(left.level.total == right.level.total);
    CHECK(left.arrivals == right.arrivals);
    CHECK(left.answered == right.answered);
  }
  REQUIRE(a.agents() == b.agents());
  for (const AgentId id : a.agents()) {
    CHECK(a.burden(id).load_percent == b.burden(id).load_percent);
    CHECK(a.burden(id).tickets == b.burden(id).tickets);
    CHECK(a.burden(id).offers == b.burden(id).offers);
    CHECK(a.burden(id).answered_today == b.burden(id).answered_today);
  }
}

}  // namespace

TEST_CASE("a matter counts where it came in, and its first answer where it was given") {
  Watched desk;
  const AgentId agent = desk.w.someone();
  const TicketId ticket = desk.w.ticket_from(a_mail_from("kim"));
  desk.follow();
  CHECK(desk.board.queue(general).waiting == 1);
  CHECK(sum(desk.board.queue(general).arrivals) == 1);
  CHECK(desk.board.burden(agent).offers == 1);
  desk.w.accept(agent, ticket);
  desk.pass(minutes(3));
  CHECK(desk.board.queue(general).waiting == 0);
  CHECK(desk.board.burden(agent).tickets == 1);
  desk.w.reply(agent, ticket);
  desk.follow();
  const QueueFigures figures = desk.board.queue(general);
  CHECK(figures.level.met == 1);
  CHECK(figures.level.total == 1);
  CHECK(sum(figures.answered) == 1);
  CHECK(desk.board.burden(agent).answered_today == 1);
  CHECK(desk.board.list(Figure::met, general, {}) == std::vector{ticket});
  CHECK(desk.board.list(Figure::answered, general, agent) == std::vector{ticket});
  check_same(desk.board, desk.made_anew());
}

TEST_CASE("an answer that is taken back was none") {
  Watched desk;
  const AgentId agent = desk.w.someone();
  const TicketId ticket = desk.w.ticket_with(agent, a_mail_from("kim"));
  SendReply answer;
  answer.ticket = ticket;
  answer.content = text("here you are");
  answer.hold = seconds(10);
  const MessageId message = desk.w.by(agent, answer).receipt.message;
  desk.follow();
  CHECK(desk.board.queue(general).level.total == 1);
  desk.w.by(agent, WithdrawMessage{.ticket = ticket, .message = message});
  desk.follow();
  CHECK(desk.board.queue(general).level.total == 0);
  CHECK(desk.board.burden(agent).answered_today == 0);
  check_same(desk.board, desk.made_anew());
}

TEST_CASE("after any day the board is the one that would be made anew from the rows") {
  Watched desk;
  std::vector<AgentId> staff;
  for (int i = 0; i < 3; ++i) staff.push_back(desk.w.someone());
  std::uint64_t dice = 7;
  const auto roll = [&dice](std::uint64_t sides) {
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    return (dice >> 33) % sides;
  };
  for (int step = 0; step < 600; ++step) {
    const AgentId agent = staff[roll(staff.size())];
    std::vector<TicketId> offered, mine;
    for (const auto& [id, offer] : desk.w.stored().offers)
      if (offer.end == OfferEnd::pending && offer.agent == agent) offered.push_back(offer.ticket);
    for (const auto& [id, ticket] : desk.w.stored().tickets)
      if (ticket.state == TicketState::assigned && ticket.agent == agent) mine.push_back(id);
    switch (roll(6)) {
      case 0:
      case 1:
        desk.w.receive(a_mail_from("c" + std::to_string(step)).without_duplicate_check());
        break;
      case 2:
        if (!offered.empty()) desk.w.accept(agent, offered.front());
        break;
      case 3:
        if (!mine.empty()) desk.w.reply(agent, mine.front(), "r" + std::to_string(step));
        break;
      case 4:
        if (!mine.empty()) desk.resolve(agent, mine.back());
        break;
      default:
        desk.pass(minutes(static_cast<std::int64_t>(roll(9))));
    }
    desk.follow();
  }
  desk.board.advance(desk.w.now);
  check_same(desk.board, desk.made_anew());
  Agent boss;
  boss.role = Role::supervisor;
  const TotalFigures totals = totals_of(desk.board, Sight(&boss));
  CHECK(totals.waiting == desk.board.queue(general).waiting + desk.board.queue(billing).waiting);
}

TEST_CASE("those that wait are lined up by deadline over all queues, page by page") {
  Watched desk;
  for (int i = 0; i < 40; ++i) {
    desk.w.receive(a_mail_from("c" + std::to_string(i)).saying(i % 3 == 0 ? "a refund" : "help"));
    desk.pass(minutes(i % 7));
  }
  const std::vector<QueueId> both{general, billing};
  std::vector<TicketId> all;
  for (std::size_t from = 0; from < 40; from += 7) {
    const auto page = desk.board.line_up(both, from, 7);
    all.insert(all.end(), page.begin(), page.end());
  }
  REQUIRE(all.size() == 40);
  CHECK(all == desk.board.line_up(both, 0, 100));
  const auto due = [&](TicketId id) { return desk.w.ticket(id).clocks.front().due_at; };
  CHECK(std::ranges::is_sorted(all, {}, due));
  CHECK(desk.board.line_up(both, 40, 7).empty());
  CHECK(desk.board.line_up({billing}, 0, 100).size() == 14);
}

TEST_CASE("what was not done in time is late until it is done, and no risk any more") {
  Watched desk;
  const TicketId ticket = desk.w.ticket_from(a_mail_from("kim"));
  desk.follow();
  desk.pass(hours(3) + minutes(50));
  CHECK(desk.board.queue(general).late == 0);
  CHECK(desk.board.queue(general).due_soon == 1);
  CHECK(desk.board.queue(general).at_risk == 1);
  const Instant due = desk.board.queue(general).next_due_at;
  desk.pass(minutes(20));
  const QueueFigures late = desk.board.queue(general);
  CHECK(late.late == 1);
  CHECK(late.due_soon == 0);
  CHECK(late.at_risk == 0);
  CHECK(late.next_due_at == due);  // And not the resolution's, hours from now.
  CHECK(desk.board.list(Figure::late, general, {}) == std::vector{ticket});
  check_same(desk.board, desk.made_anew());
  const AgentId agent = desk.w.someone();
  desk.w.accept(agent, ticket);
  desk.follow();
  CHECK(desk.board.queue(general).late == 1);  // Somebody has it, and it is late all the same.
  desk.w.reply(agent, ticket);
  desk.follow();
  CHECK(desk.board.queue(general).late == 0);
  check_same(desk.board, desk.made_anew());
}

TEST_CASE("free is who has room for something that may come") {
  Policy policy = watched_policy();
  policy.weight_percent = {40, 40, 100, 40};
  Watched desk(policy);
  const AgentId agent = desk.w.someone();
  desk.w.ticket_with(agent, a_mail_from("kim"));
  desk.follow();
  Agent boss;
  boss.role = Role::supervisor;
  CHECK(totals_of(desk.board, Sight(&boss)).agents_free == 1);
  desk.w.ticket_with(agent, a_mail_from("lee"));
  desk.follow();
  CHECK(totals_of(desk.board, Sight(&boss)).agents_free == 0);  // A fifth is too little.
}

TEST_CASE("a deadline that nobody will come to in time is a risk") {
  Watched desk;
  const TicketId ticket = desk.w.ticket_from(a_mail_from("kim"));
  desk.follow();
  CHECK(desk.board.at_risk(general) == 0);
  const Clock& clock = desk.w.ticket(ticket).clocks.front();
  desk.pass(clock.due_at - desk.w.now - minutes(20));
  REQUIRE(desk.board.at_risk(general) == 1);
  const Risk risk = desk.board.risks(general).front();
  CHECK(risk.ticket == ticket);
  CHECK(risk.due_at == clock.due_at);
  CHECK(risk.starts_at == kNever);  // Nobody is there.
  CHECK(desk.board.list(Figure::at_risk, general, {}) == std::vector{ticket});
}

TEST_CASE("an alert is raised when it has held long enough, and cleared when it does no more") {
  Policy policy = watched_policy();
  policy.alerts = {{.name = "line",
                    .when = AlertWhen::waiting,
                    .queue = general,
                    .over = true,
                    .threshold = 1,
                    .hold = minutes(5)}};
  Watched desk(std::move(policy));
  desk.w.receive(a_mail_from("kim"));
  desk.w.receive(a_mail_from("lan"));
  CHECK(desk.follow().alerts.empty());
  CHECK(desk.alerts.next(desk.board) == desk.w.now + minutes(5));
  desk.pass(minutes(4));
  CHECK_FALSE(desk.alerts.entries().front().raised_at);
  desk.pass(minutes(1));
  CHECK(desk.alerts.entries().front().raised_at == desk.w.now);
  CHECK(desk.alerts.entries().front().value == 2);
  const AgentId agent = desk.w.someone();
  desk.w.accept(agent, desk.w.stored().offers.begin()->second.ticket);
  CHECK(desk.follow().alerts == std::vector<std::size_t>{0});
  CHECK_FALSE(desk.alerts.entries().front().raised_at);
}

TEST_CASE("a wait grows into an alert at its own instant") {
  Policy policy = watched_policy();
  policy.alerts = {{.name = "old",
                    .when = AlertWhen::oldest,
                    .queue = {},
                    .over = true,
                    .threshold = minutes(10).ms,
                    .hold = {}}};
  Watched desk(std::move(policy));
  desk.w.receive(a_mail_from("kim"));
  const Instant came = desk.w.now;
  desk.follow();
  CHECK(desk.alerts.next(desk.board) == came + minutes(10) + milliseconds(1));
  desk.pass(minutes(10) + milliseconds(1));
  CHECK(desk.alerts.entries().front().raised_at == came + minutes(10) + milliseconds(1));
}
