// SPDX-License-Identifier: Apache-2.0
// A desk's rows in memory, an index in a directory of its own, and everything between them.
#pragma once
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "search/indexer.hpp"
#include "search/query.hpp"
#include "search/searcher.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/search_files.hpp"
#include "support/temp_dir.hpp"

namespace deskwire::test {

inline constexpr Instant kNoon{1'772'366'400'000};

/// Everything in an index file, in an order that only its contents decide. The file is closed.
inline std::string dump(const std::filesystem::path& file) {
  sqlite::Database database(file, sqlite::Database::Mode::write, "");
  database.execute("INSERT INTO words (words) VALUES ('integrity-check')");
  std::string out;
  for (const char* sql :
       {"SELECT seq, unread, '', '', '', '', '', '' FROM place",
        "SELECT id, state, queue, agent, channel, customer, tags, digest FROM tickets ORDER BY id",
        "SELECT id, digest, '', '', '', '', '', '' FROM customers ORDER BY id",
        "SELECT ticket, '', '', '', '', '', '', '' FROM due ORDER BY ticket",
        "SELECT d.id, d.ticket, d.at, subject, customer, text, files || '/' || phones, marked FROM "
        "documents d LEFT JOIN words w ON w.rowid = d.id ORDER BY d.id",
        "SELECT rowid, '', '', '', '', '', '', '' FROM words ORDER BY rowid"}) {
    sqlite::Statement statement(database, sql);
    for (sqlite::Rows rows = statement.rows(); rows.next(); out += '\n')
      for (int column = 0; column < 8; ++column) out += rows.text(column) + "|";
  }
  return out;
}

inline Event moved(TicketId id) {
  TicketStateChanged out;
  out.ticket = id;
  return out;
}

/// Rows written as an engine would have them written, without one.
class RowDesk {
 public:
  explicit RowDesk(Store& store) : store_(store) {}

  TicketId open(const std::string& subject, const std::string& who, QueueId queue = QueueId{1},
                Channel channel = Channel::email) {
    Ticket ticket;
    ticket.id = TicketId{++tickets_};
    ticket.queue = queue;
    ticket.channel = channel;
    ticket.customer = customer(who);
    ticket.created_at = ticket.updated_at = now;
    all_[ticket.id] = ticket;
    Batch batch = begin(TicketOpened{ticket});
    auto content = std::make_shared<MessageContent>();
    content->subject = subject;
    batch.contents.push_back(
        {.message = {}, .ticket = ticket.id, .opens_ticket = true, .content = content});
    batch.tickets.push_back(ticket);
    batch.identities = identities_[ticket.customer];
    commit(std::move(batch));
    return ticket.id;
  }

  MessageId say(TicketId id, const std::string& text, Direction direction = Direction::in,
                const std::vector<std::string>& files = {}) {
    Ticket& ticket = all_.at(id);
    Message message;
    message.id = MessageId{++messages_};
    message.ticket = id;
    message.seq = ++ticket.last_seq;
    message.direction = direction;
    message.channel = ticket.channel;
    message.at = ticket.updated_at = now;
    if (direction == Direction::in) message.author = ticket.customer.value;
    if (direction != Direction::in) message.author_kind = AuthorKind::agent;
    Batch batch = begin(direction == Direction::in ? Event(MessageReceived{message, true, Key{}})
                                                   : Event(NoteAdded{message}));
    auto content = std::make_shared<MessageContent>();
    content->text = text;
    for (const std::string& name : files) content->attachments.emplace_back().name = name;
    batch.contents.push_back({.message = message.id, .ticket = id, .content = content});
    batch.messages.push_back(message);
    batch.tickets.push_back(ticket);
    commit(std::move(batch));
    return message.id;
  }

  /// A ticket with one message of that text.
  TicketId ask(const std::string& text, const std::string& who = "kim") {
    const TicketId id = open("Question", who);
    say(id, text);
    return id;
  }

  template <class Change>
  void change(TicketId id, Change change) {
    Ticket& ticket = all_.at(id);
    change(ticket);
    Batch batch = begin(moved(id));
    batch.tickets.push_back(ticket);
    commit(std::move(batch));
  }

  void rename(const std::string& who, const std::string& name, const std::string& phone = "") {
    const CustomerId id = customer(who);
    identities_[id].front().identity.name = name;
    if (!phone.empty())
      identities_[id].push_back({.identity = {.key = {.hi = id.value, .lo = 2},
                                              .kind = "phone",
                                              .value = phone,
                                              .name = ""},
                                 .customer = id});
    Batch batch = begin(IdentityBound{id, Key{}, now});
    batch.identities = identities_[id];
    commit(std::move(batch));
  }

  void commit(Batch batch) {
    batch.counters.seq = seq_;
    batch.counters.next_ticket = tickets_ + 1;
    store_.commit(batch);
  }
  Batch begin(Event event) {
    Batch batch;
    batch.journal.push_back(
        {.seq = ++seq_, .at = now, .actor = {}, .command = "Test", .events = {std::move(event)}});
    return batch;
  }
  [[nodiscard]] std::uint64_t seq() const { return seq_; }

  Instant now = kNoon;

 private:
  CustomerId customer(const std::string& who) {
    const auto [place, is_new] = customers_.try_emplace(who, CustomerId{customers_.size() + 1});
    const CustomerId id = place->second;
    if (is_new)
      identities_[id] = {{.identity = {.key = {.hi = id.value, .lo = 1},
                                       .kind = "email",
                                       .value = who + "@example.test",
                                       .name = who},
                          .customer = id}};
    return id;
  }

  Store& store_;
  std::uint64_t seq_ = 0, tickets_ = 0, messages_ = 0;
  std::map<TicketId, Ticket> all_;
  std::map<std::string, CustomerId> customers_;
  std::map<CustomerId, std::vector<IdentityRow>> identities_;
};

/// A store in memory and the index that follows it.
struct IndexRig {
  explicit IndexRig(std::string vfs = "")
      : files(search_files({.file = file(), .vfs = std::move(vfs)})) {
    spdlog::set_level(spdlog::level::off);  // What it complains of is what the tests are about.
  }

  [[nodiscard]] std::filesystem::path file() const { return directory.path() / "search.db"; }

  void start() {
    indexer = std::make_unique<search::Indexer>(
        *files, store.open_reader(), store.open_reader()->load({}).as_of,
        search::IndexerSettings{.store = name,
                                .has_room = [this] { return room.load(); },
                                .pause = std::chrono::milliseconds(1)});
  }
  void stop() {
    searcher.reset();
    indexer.reset();
  }

  /// Until everything committed is in the index, or `enough`.
  template <class Enough>
  void settle(Enough enough) {
    indexer->committed(store.open_reader()->load({}).as_of);
    while (!indexer->up_to_date() && !enough()) std::this_thread::yield();
  }
  void settle() {
    settle([] { return false; });
  }

  /// One page of what a supervisor, or an agent of these queues, finds.
  search::Page find(const std::string& text, std::uint32_t limit = 50, std::string after = "",
                    std::vector<QueueId> queues = {}, AgentId agent = {}) {
    if (!searcher) {
      std::vector<std::unique_ptr<Reader>> readers;
      readers.push_back(store.open_reader());
      searcher =
          std::make_unique<search::Searcher>(loop, *files, *indexer, std::move(readers), searching);
    }
    const search::Query query = search::parse_query(text, "VN");
    search::Ask ask;
    ask.text = text;
    ask.asker = agent;
    ask.limit = limit;
    ask.after = std::move(after);
    ask.question.all_visible = queues.empty() && !agent;
    ask.question.visible = queues;
    ask.question.visible_to = agent;
    ask.question.now = kNoon;
    ask.question.filters = filters;
    search::add_query(ask, query);
    ask.sees = [queues, agent, all = ask.question.all_visible](const Ticket& ticket) {
      return all || std::ranges::find(queues, ticket.queue) != queues.end() ||
             (agent && ticket.agent == agent);
    };
    loop.restart();
    auto answer =
        boost::asio::co_spawn(loop, searcher->find(std::move(ask)), boost::asio::use_future);
    loop.run();
    return answer.get();
  }
  /// The tickets in their order, "2 1".
  std::string tickets(const std::string& text) { return ids(find(text)); }
  static std::string ids(const search::Page& page) {
    std::string out;
    for (const search::Found& one : page.found)
      out += (out.empty() ? "" : " ") + std::to_string(one.ticket.ticket.id.value);
    return out;
  }

  TempDir directory{TempDir::fast_parent()};
  MemoryStore store;
  RowDesk desk{store};
  std::string name = "store-1";
  std::atomic<bool> room = true;
  std::vector<SearchFilter> filters;
  search::SearcherSettings searching;
  std::unique_ptr<SearchStore> files;
  boost::asio::io_context loop;
  std::unique_ptr<search::Indexer> indexer;
  std::unique_ptr<search::Searcher> searcher;
};

/// The index made anew from the same rows.
inline std::string rebuilt(IndexRig& rig) {
  TempDir elsewhere{TempDir::fast_parent()};
  const auto file = elsewhere.path() / "search.db";
  const auto files = search_files({.file = file, .vfs = ""});
  const std::uint64_t head = rig.store.open_reader()->load({}).as_of;
  {
    search::Indexer indexer(*files, rig.store.open_reader(), head,
                            {.store = rig.name, .has_room = [] { return true; }});
    while (!indexer.up_to_date()) std::this_thread::yield();
  }
  return dump(file);
}

}  // namespace deskwire::test
