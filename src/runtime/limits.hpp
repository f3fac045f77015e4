// SPDX-License-Identifier: Apache-2.0
// Every queue's bound, with its unit and its reason. What is full answers 451, 503 or "busy";
// nothing grows without end. Bounds that an operator may want to move are in the configuration, and
// these are their defaults.
#pragma once
#include <cstddef>
#include <cstdint>

namespace deskwire::limits {

// Commands.
/// Commands of agents and visitors that wait for a batch: some hundred people cannot fill it, a
/// runaway script can.
inline constexpr std::size_t kInteractiveQueue = 2'048;
/// Intake commands of one channel that wait for a batch: about a second of the best rate, so that a
/// sender's time-out is never near.
inline constexpr std::size_t kIntakeQueue = 4'096;
/// Bytes of content and inline blobs that both lanes hold together: bounds memory where messages
/// are large.
inline constexpr std::size_t kQueuedBytes = 64u << 20;
/// Commands in one transaction: keeps a commit, and so the wait of those behind it, in the tens of
/// milliseconds.
inline constexpr std::size_t kBatchCommands = 256;
/// Messages of one channel in one transaction while another channel is busy too: its senders wait
/// for small commits, however many of the first there are.
inline constexpr std::size_t kShareOfBatch = 2;
/// Bytes of content and inline blobs in one transaction: keeps the write-ahead log's growth a
/// commit in bounds.
inline constexpr std::size_t kBatchBytes = 4u << 20;
/// Keys in one read for gathered commands, give or take one command's: a mail with a hundred
/// references is looked up among those of the others, so what a round costs grows with the square.
inline constexpr std::size_t kReadKeys = 1'024;
/// How often one command may ask for more rows before it is a defect of the engine.
inline constexpr int kNeedRounds = 3;

// Workers beside the loop. A job holds what it was given (a mail of up to 256 KiB, else a spool
// file), hence the counts.
inline constexpr std::size_t kReadThreads =
    2;  ///< Lists and tickets for people; the committer has its own reader.
inline constexpr std::size_t kParseThreads = 2;  ///< As many as the smallest machine has cores.
inline constexpr std::size_t kHashThreads =
    1;  ///< argon2 takes 64 MiB and a core: a log-in storm gets one of them.
inline constexpr std::size_t kReadQueue = 512;     ///< Jobs; at 1 ms each half a second of waiting.
inline constexpr std::size_t kParseQueue = 1'024;  ///< Jobs; as many as there may be mail sessions.
inline constexpr std::size_t kHashQueue = 32;      ///< Jobs; at 50 ms each under 2 s of waiting.
inline constexpr std::size_t kStoreQueue = 256;    ///< Jobs on the storage thread between batches.

// Search.
inline constexpr std::size_t kSearchThreads = 2;  ///< Each with its own readers.
inline constexpr std::size_t kSearchQueue = 64;   ///< Jobs; at 50 ms each under 2 s of waiting.
inline constexpr std::size_t kSearchLists =
    128;  ///< Ranked lists kept for their next page: 32 KiB each.

// Sockets.
inline constexpr std::size_t kMailSessions = 1'000;     ///< SMTP and LMTP together: 20 KiB each.
inline constexpr std::size_t kHttpConnections = 4'000;  ///< Requests and sockets together.
inline constexpr std::size_t kTlsHandshakes =
    16;  ///< At once: a handshake is a millisecond of CPU.
/// Bytes of spool files of all entrances together: mails over 256 KiB that are on their way in.
inline constexpr std::uint64_t kSpoolBytes = 1ull << 30;

// The way out.
inline constexpr std::size_t kSendsPerChannel =
    8;  ///< At once: a tarpit holds these, and no other channel's.
inline constexpr std::size_t kSmtpThreads =
    8;  ///< Connections to the smarthost; each holds a thread.
inline constexpr std::size_t kSmtpQueue = 64;  ///< Messages handed over and not yet begun.
/// HTTP requests handed over and not yet begun; each holds a body of a few KiB.
inline constexpr std::size_t kHttpCalls = 256;
/// HTTP requests under way: sends, look-ups, lists and media together. Each holds at most the
/// answer that it was allowed.
inline constexpr std::size_t kHttpCallsAtOnce = 32;

}  // namespace deskwire::limits
