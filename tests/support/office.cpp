// SPDX-License-Identifier: Apache-2.0
#include "support/office.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <string>
#include <utility>

#include "storage/sqlite/search_files.hpp"

namespace deskwire::test {

namespace asio = boost::asio;

namespace {

constexpr PasswordCost kCheap{.operations = 1, .memory_bytes = 8192};

UserRow a_user(AgentId id, const std::string& user, Role role) {
  return {.id = id,
          .user = user,
          .name = "The " + user,
          .role = role,
          .password_hash = PasswordHasher(kCheap).hash("secret-" + user),
          .enabled = true,
          .created_at = monday_nine};
}

std::unique_ptr<MemoryStore> a_store() {
  auto store = std::make_unique<MemoryStore>();
  store->put_user(a_user(ann, "ann", Role::agent));
  store->put_user(a_user(bob, "bob", Role::agent));
  store->put_user(a_user(sue, "sue", Role::supervisor));
  store->put_user(a_user(ada, "ada", Role::admin));
  return store;
}

PutAgent an_agent(AgentId id, Role role, std::vector<QueueId> queues) {
  PutAgent out;
  out.agent = id;
  out.role = role;
  out.queues = std::move(queues);
  if (id == ann) out.skills = {{invoices, 4}};
  return out;
}

PolicyPtr the_policy(const OfficeSettings& settings) {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  for (Queue& queue : policy.queues) queue.offer_timeout = minutes(10);
  policy.connection_grace = minutes(10);
  if (settings.policy) settings.policy(policy);
  return std::make_shared<const Policy>(std::move(policy));
}

}  // namespace

Office::Office(OfficeSettings settings) : tasks_(loop_.get_executor(), "office") {
  core_ = std::make_unique<Core>(loop_, a_store(), the_policy(settings), std::vector<NameRow>{},
                                 metrics_, [](std::exception_ptr) {});
  settings.sign_in.cost = kCheap;
  if (!settings.sign_in.now) settings.sign_in.now = [this] { return core_->clock().now(); };
  desk_ =
      std::make_unique<FrontDesk>(loop_.get_executor(), settings.sign_in, core_->engine().state(),
                                  core_->gateway(), core_->workers(), core_->feed());
  if (settings.with_search) {
    directory_ = std::make_unique<TempDir>(TempDir::fast_parent());
    search_ = std::make_unique<TicketSearch>(
        loop_, search_files({.file = directory_->path() / "search.db", .vfs = ""}), *core_, *desk_,
        metrics_, TicketSearchSettings{.store = "office", .region = "VN"});
    settings.console.search = search_.get();
    settings.with_search(*search_);
  }
  settings.http.port = 0;
  settings.http.stop_grace = std::chrono::milliseconds(100);
  http_ = std::make_unique<HttpServer>(settings.http, loop_.get_executor());
  if (!settings.console.now) settings.console.now = [this] { return core_->clock().now(); };
  settings.console.draw_outbound = [n = 0](ChannelId, TicketId) mutable {
    return OutboundIds{.message_id = "out" + std::to_string(++n) + "@desk.test",
                       .from = {.name = "Desk", .address = "support@desk.test"},
                       .region = "VN"};
  };
  settings.console.is_ours = [](std::string_view address) {
    return address == "support@desk.test";
  };
  console_ = std::make_unique<Console>(settings.console, loop_.get_executor(), *desk_,
                                       KeyHasher(KeyHasher::Secret{}));
  console_->add_routes(http_->router());
  if (settings.more) settings.more(*http_, *desk_, *core_);
  http_->listen();
  port = http_->port();
  std::promise<void> started;
  core_->start([&started](const Submission&) { started.set_value(); });
  thread_ = std::thread([this] { loop_.run(); });
  started.get_future().get();
  submit({.actor = {}, .body = an_agent(ann, Role::agent, {general, billing})});
  submit({.actor = {}, .body = an_agent(bob, Role::agent, {general})});
  submit({.actor = {}, .body = an_agent(sue, Role::supervisor, {})});
  submit({.actor = {}, .body = an_agent(ada, Role::admin, {})});
}

Office::~Office() { stop(); }

void Office::stop() {
  if (!thread_.joinable()) return;
  asio::post(loop_, [this] {
    tasks_.spawn([](Office& office) -> asio::awaitable<void> {
      co_await office.http_->stop();
      co_await office.console_->stop();
      office.desk_->stop();
      if (office.search_) office.search_->stop();
      co_await office.core_->stop();
    }(*this));
  });
  thread_.join();
}

void Office::run(asio::awaitable<void> task) {
  asio::co_spawn(loop_, std::move(task), asio::use_future).get();
}

Submission Office::submit(Command command) {
  std::promise<Submission> done;
  asio::post(loop_, [&] {
    core_->gateway().submit(std::move(command), Lane::intake,
                            [&done](const Submission& submission) { done.set_value(submission); });
  });
  return done.get_future().get();
}

Submission Office::receive(const Mail& mail) {
  ReceiveMessage message = mail.build();
  message.received_at = core_->clock().now();
  return submit({.actor = {}, .body = std::move(message)});
}

}  // namespace deskwire::test
