// SPDX-License-Identifier: Apache-2.0
// A WebSocket's way out: what the system takes at once is written at once, what is left waits in
// order and leaves in as few writes as possible.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "http/rpc.hpp"
#include "http/websocket_session.hpp"

namespace deskwire {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kPiecesAtOnce = 64;
constexpr std::size_t kSecureBytesAtOnce = 64u << 10;
/// A burst must not pin its memory for the life of the connection.
constexpr std::size_t kSecureBytesKept = 2u << 10;

FramesPtr resync_frame() {
  auto out = std::make_shared<Frames>();
  out->add({notification_frame("resync", {{"reason", "overflow"}})});
  return out;
}

}  // namespace

bool Socket::send(FramesPtr frames) {
  if (closing_) return false;
  const std::size_t taken = queue_.empty() ? write_now(frames->bytes) : 0;
  if (lost_) return false;
  const std::size_t left = frames->bytes.size() - taken;
  if (left == 0) return true;
  const bool fitting = fits(left, frames->count);
  // What was begun must be ended: the peer could not read on after half a frame.
  if (fitting || taken > 0) enqueue(std::move(frames));
  if (taken > 0) {
    written_ = taken;
    unqueue(taken);
  }
  if (fitting) {
    flush();
    return true;
  }
  enqueue(resync_frame());
  close(CloseCode::overflow, "resync");
  return false;
}

/// How much of it the system took.
std::size_t Socket::write_now(const std::string& bytes) {
  if (stream_.secure()) return 0;
  boost::system::error_code failed;
  const std::size_t taken = tcp().write_some(asio::buffer(bytes), failed);
  if (failed && failed != asio::error::would_block) lost();
  return taken;
}

bool Socket::fits(std::size_t bytes, std::size_t frames) const {
  const HttpSettings& bounds = core_.settings;
  return queued_bytes_ + bytes <= bounds.socket_queue_bytes &&
         core_.queued_bytes + bytes <= bounds.socket_queues_bytes &&
         queued_frames_ + frames <= bounds.socket_queue_frames;
}

void Socket::enqueue(FramesPtr frames) {
  queued_bytes_ += frames->bytes.size();
  core_.queued_bytes += frames->bytes.size();
  queued_frames_ += frames->count;
  queue_.push_back(std::move(frames));
}

void Socket::unqueue(std::size_t bytes) {
  queued_bytes_ -= bytes;
  core_.queued_bytes -= bytes;
}

void Socket::drop_queue() {
  unqueue(queued_bytes_);
  queued_frames_ = 0;
  written_ = 0;
  std::vector<FramesPtr>().swap(queue_);
}

/// The first `bytes` of what is queued are with the system.
void Socket::wrote(std::size_t bytes) {
  unqueue(bytes);
  written_ += bytes;
  auto first = queue_.begin();
  for (; first != queue_.end() && written_ >= (*first)->bytes.size(); ++first) {
    written_ -= (*first)->bytes.size();
    queued_frames_ -= (*first)->count;
  }
  queue_.erase(queue_.begin(), first);
  if (!queue_.empty()) return;
  std::vector<FramesPtr>().swap(queue_);
  if (flushed_) flushed_->cancel();
}

void Socket::flush() {
  if (writing_ || queue_.empty()) return;
  if (stream_.secure())
    flush_secure();
  else
    flush_plain();
}

void Socket::flush_plain() {
  while (!queue_.empty()) {
    std::vector<asio::const_buffer> pieces;
    for (std::size_t i = 0; i < std::min(queue_.size(), kPiecesAtOnce); ++i)
      pieces.push_back(asio::buffer(queue_[i]->bytes) + (i == 0 ? written_ : 0));
    boost::system::error_code failed;
    const std::size_t taken = tcp().write_some(pieces, failed);
    if (failed == asio::error::would_block) break;
    if (failed) return lost();
    wrote(taken);
  }
  if (queue_.empty()) return;
  writing_ = true;
  tcp().async_wait(tcp::socket::wait_write,
                   [self = shared_from_this()](const boost::system::error_code& ec) {
                     self->writing_ = false;
                     if (ec) return self->lost();
                     self->flush();
                   });
}

void Socket::flush_secure() {
  for (std::size_t i = 0; i < queue_.size() && wire_.size() < kSecureBytesAtOnce; ++i)
    wire_.append(queue_[i]->bytes);
  writing_ = true;
  asio::async_write(stream_, asio::buffer(wire_),
                    [self = shared_from_this()](const boost::system::error_code& ec, std::size_t) {
                      self->writing_ = false;
                      const std::size_t bytes = self->wire_.size();
                      self->wire_.clear();
                      if (self->wire_.capacity() > kSecureBytesKept)
                        std::string().swap(self->wire_);
                      if (ec) return self->lost();
                      if (self->lost_) return;
                      self->wrote(bytes);
                      self->flush();
                    });
}

}  // namespace deskwire
