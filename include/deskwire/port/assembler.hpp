// SPDX-License-Identifier: Apache-2.0
// Gathers what commands decided into one durable Batch. Rows are copied once, when the batch is
// sealed, so that a ticket touched by ten commands costs one row. Everything the engine applied
// since the last seal must have been added: the copied rows already show it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire {

/// A command's name in the journal and in metrics: "ReceiveMessage".
[[nodiscard]] std::string_view command_name(const CommandBody& body);
/// Bytes of content and inline blobs that a command brings into its batch.
[[nodiscard]] std::size_t inline_bytes(const CommandBody& body);

/// The kind of records, by message id, that say which messages still wait for media.
inline constexpr std::string_view kMediaRecord = "media";

class BatchAssembler {
 public:
  /// Adds a command that was done; `at` is the time it was decided at. One that changed nothing
  /// leaves no trace.
  void add(const Command& command, const Applied& applied, Instant at);
  /// Takes the name rows that the next batch persists beside the policy that brought them.
  void add_names(std::vector<NameRow> names);

  /// Copies the touched rows out of the engine's state, tells the engine that they are sealed, and
  /// starts anew.
  [[nodiscard]] Batch seal(Engine& engine, std::uint64_t epoch = 0);

  /// Nothing to make durable.
  [[nodiscard]] bool empty() const;
  /// Commands added since the last seal, silent ones included.
  [[nodiscard]] std::size_t commands() const { return commands_; }
  /// Content and inline blobs held for this batch; bounded by the committer.
  [[nodiscard]] std::size_t inline_bytes() const { return inline_bytes_; }

 private:
  void add_content(const Command& command, const Applied& applied);
  void add_media(MessageId message, ContentPtr content);

  Batch batch_;
  Touched touched_;
  std::size_t commands_ = 0;
  std::size_t inline_bytes_ = 0;
};

}  // namespace deskwire
