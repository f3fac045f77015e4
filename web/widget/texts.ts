// SPDX-License-Identifier: Apache-2.0
// Every word the widget shows, in each language it speaks. A missing one does not compile.

const en = {
  open: "Open chat", close: "Close chat", title: "Chat", unread: (n: number) => (n === 1 ? "1 new message" : `${n} new messages`),
  openNow: "We are here", closedNow: "We are away", opens: (when: string) => `Back ${when}`,
  greeting: "Hello! How can we help?",
  closed: "We are away right now. Leave a message and we will answer as soon as we are back.",
  name: "Your name", email: "Your email", emailWhy: "So that we can answer even after you leave.",
  first: "How can we help?", startChat: "Start chat", needed: "Please fill this in.", badEmail: "Please enter an email address such as name@example.com.",
  write: "Write a message", send: "Send", attach: "Attach files", drop: "Drop files to send them",
  you: "You", sending: "Sending…", keeps: "Not sent yet, kept here", sent: "Sent", delivered: "Delivered", seen: "Seen",
  failed: "Not sent.", retry: "Try again", discard: "Discard",
  typing: (who: string) => `${who} is typing`, someone: "Someone",
  waiting: (n: number) => `You are number ${n} in line`, next: "You are next in line",
  about: (low: number, high: number) => (high <= 1 ? "about a minute" : low === high ? `about ${high} min` : `about ${low}–${high} min`),
  joined: (who: string) => `You are talking to ${who}`,
  lost: "Connection lost.", lostKept: "Your messages are kept here and sent when it is back.", offline: "No internet connection.", tryNow: "Try now",
  connecting: "Connecting…",
  closesAt: (time: string) => `This chat closes at ${time} if nobody writes.`,
  uploading: (percent: number) => `Uploading ${percent} %`, cancel: "Cancel upload", remove: "Remove file", uploaded: "Ready to send",
  tooLarge: (size: string) => `Larger than ${size}`, uploadFailed: "Upload failed", uploadBusy: "Too busy right now",
  waitUpload: "The upload has to finish first.", tooLong: (over: number) => `Too long by ${over}`,
  end: "End chat", endAsk: "How was this chat?", endHint: "Your rating is optional.", comment: "Anything you want to add?",
  stars: ["Very bad", "Bad", "All right", "Good", "Very good"], endNow: "End chat", back: "Back to chat", rate: "Send rating", skip: "No, thanks",
  ended: "This chat has ended. Write a message to start again.", thanks: "Thank you for your rating.", endFailed: "That did not work. Please try again.",
  today: "today", tomorrow: "tomorrow", yesterday: "Yesterday", todayHead: "Today", download: "Download", newTab: "opens in a new tab",
  newMessages: "New messages", file: "File",
};

export type Texts = typeof en;

const vi: Texts = {
  open: "Mở khung trò chuyện", close: "Đóng khung trò chuyện", title: "Trò chuyện", unread: (n) => `${n} tin nhắn mới`,
  openNow: "Chúng tôi đang trực tuyến", closedNow: "Ngoài giờ làm việc", opens: (when) => `Trở lại ${when}`,
  greeting: "Xin chào! Chúng tôi có thể giúp gì cho bạn?",
  closed: "Hiện đang ngoài giờ làm việc. Bạn cứ để lại tin nhắn, chúng tôi sẽ trả lời ngay khi trở lại.",
  name: "Tên của bạn", email: "Email của bạn", emailWhy: "Để chúng tôi vẫn trả lời được khi bạn đã rời trang.",
  first: "Bạn cần hỗ trợ điều gì?", startChat: "Bắt đầu trò chuyện", needed: "Vui lòng điền mục này.", badEmail: "Vui lòng nhập địa chỉ email, ví dụ ten@example.com.",
  write: "Nhập tin nhắn", send: "Gửi", attach: "Đính kèm tệp", drop: "Thả tệp vào đây để gửi",
  you: "Bạn", sending: "Đang gửi…", keeps: "Chưa gửi, đang được giữ lại", sent: "Đã gửi", delivered: "Đã nhận", seen: "Đã xem",
  failed: "Chưa gửi được.", retry: "Thử lại", discard: "Bỏ tin này",
  typing: (who) => `${who} đang nhập`, someone: "Nhân viên",
  waiting: (n) => `Bạn đứng thứ ${n} trong hàng chờ`, next: "Sắp đến lượt bạn",
  about: (low, high) => (high <= 1 ? "khoảng một phút" : low === high ? `khoảng ${high} phút` : `khoảng ${low}–${high} phút`),
  joined: (who) => `Bạn đang trò chuyện với ${who}`,
  lost: "Mất kết nối.", lostKept: "Tin nhắn của bạn được giữ lại và sẽ gửi ngay khi có kết nối.", offline: "Không có kết nối mạng.", tryNow: "Thử ngay",
  connecting: "Đang kết nối…",
  closesAt: (time) => `Cuộc trò chuyện sẽ đóng lúc ${time} nếu không có tin nhắn mới.`,
  uploading: (percent) => `Đang tải lên ${percent} %`, cancel: "Hủy tải lên", remove: "Bỏ tệp", uploaded: "Sẵn sàng gửi",
  tooLarge: (size) => `Lớn hơn ${size}`, uploadFailed: "Tải lên không thành công", uploadBusy: "Hệ thống đang bận",
  waitUpload: "Vui lòng đợi tải tệp lên xong.", tooLong: (over) => `Dài quá ${over} ký tự`,
  end: "Kết thúc trò chuyện", endAsk: "Bạn thấy cuộc trò chuyện này thế nào?", endHint: "Bạn có thể bỏ qua phần đánh giá.", comment: "Bạn muốn góp ý thêm điều gì không?",
  stars: ["Rất tệ", "Tệ", "Tạm được", "Tốt", "Rất tốt"], endNow: "Kết thúc", back: "Quay lại trò chuyện", rate: "Gửi đánh giá", skip: "Bỏ qua",
  ended: "Cuộc trò chuyện đã kết thúc. Hãy nhắn tin để bắt đầu lại.", thanks: "Cảm ơn bạn đã đánh giá.", endFailed: "Chưa thực hiện được. Vui lòng thử lại.",
  today: "hôm nay", tomorrow: "ngày mai", yesterday: "Hôm qua", todayHead: "Hôm nay", download: "Tải xuống", newTab: "mở trong thẻ mới",
  newMessages: "Tin nhắn mới", file: "Tệp",
};

const zh: Texts = {
  open: "打开聊天", close: "关闭聊天", title: "在线聊天", unread: (n) => `${n} 条新消息`,
  openNow: "客服在线", closedNow: "当前为非工作时间", opens: (when) => `${when} 恢复服务`,
  greeting: "您好！有什么可以帮您？",
  closed: "现在是非工作时间。请留言，我们上班后会尽快回复您。",
  name: "您的姓名", email: "您的邮箱", emailWhy: "您离开后，我们仍可通过邮件回复。",
  first: "请问有什么可以帮您？", startChat: "开始聊天", needed: "请填写此项。", badEmail: "请输入有效的邮箱地址，例如 name@example.com。",
  write: "输入消息", send: "发送", attach: "添加附件", drop: "松开即可上传文件",
  you: "您", sending: "发送中…", keeps: "尚未发送，已保存", sent: "已发送", delivered: "已送达", seen: "已读",
  failed: "未能发送。", retry: "重试", discard: "删除",
  typing: (who) => `${who} 正在输入`, someone: "客服",
  waiting: (n) => `您当前排在第 ${n} 位`, next: "下一位就是您",
  about: (low, high) => (high <= 1 ? "约 1 分钟" : low === high ? `约 ${high} 分钟` : `约 ${low}–${high} 分钟`),
  joined: (who) => `${who} 正在为您服务`,
  lost: "连接已断开。", lostKept: "您的消息已保存，恢复连接后会自动发送。", offline: "网络未连接。", tryNow: "立即重试",
  connecting: "正在连接…",
  closesAt: (time) => `如无新消息，本次聊天将于 ${time} 关闭。`,
  uploading: (percent) => `正在上传 ${percent}%`, cancel: "取消上传", remove: "移除文件", uploaded: "可以发送",
  tooLarge: (size) => `文件超过 ${size}`, uploadFailed: "上传失败", uploadBusy: "系统繁忙",
  waitUpload: "请等待文件上传完成。", tooLong: (over) => `超出 ${over} 个字`,
  end: "结束聊天", endAsk: "您对本次服务满意吗？", endHint: "评分可以不填。", comment: "还有什么想告诉我们的吗？",
  stars: ["很不满意", "不满意", "一般", "满意", "非常满意"], endNow: "结束聊天", back: "返回聊天", rate: "提交评分", skip: "不用了",
  ended: "本次聊天已结束。发送消息即可重新开始。", thanks: "感谢您的评分。", endFailed: "操作未成功，请重试。",
  today: "今天", tomorrow: "明天", yesterday: "昨天", todayHead: "今天", download: "下载", newTab: "在新标签页中打开",
  newMessages: "新消息", file: "文件",
};

export const languages: Record<string, Texts> = { en, vi, zh };

/** The first language asked for that the widget speaks, by its primary tag. */
export function pickLanguage(wishes: (string | null | undefined)[]): string {
  for (const wish of wishes) {
    const tag = (wish ?? "").toLowerCase().split(/[-_]/)[0]!;
    if (languages[tag]) return tag;
  }
  return "en";
}
