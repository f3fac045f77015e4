// SPDX-License-Identifier: Apache-2.0
#include "search/letters.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "deskwire/base/utf8.hpp"

namespace deskwire::search {
namespace {

struct Span {
  char32_t first, last;
};

template <std::size_t N>
constexpr bool within(const std::array<Span, N>& spans, char32_t c) {
  const auto after = std::ranges::upper_bound(spans, c, {}, &Span::first);
  return after != spans.begin() && c <= std::prev(after)->last;
}

// Punctuation, symbols and spaces; what no range names is taken for part of a word.
constexpr auto kBetween = std::to_array<Span>(
    {{0x00, 0x2f},       {0x3a, 0x40},     {0x5b, 0x60},     {0x7b, 0xa9},     {0xab, 0xb1},
     {0xb4, 0xb4},       {0xb6, 0xb8},     {0xbb, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},
     {0x2c2, 0x2df},     {0x37e, 0x37e},   {0x387, 0x387},   {0x55a, 0x55f},   {0x589, 0x58a},
     {0x5be, 0x5be},     {0x5c0, 0x5c0},   {0x5c3, 0x5c3},   {0x5f3, 0x5f4},   {0x600, 0x60f},
     {0x61b, 0x61f},     {0x66a, 0x66d},   {0x6d4, 0x6d4},   {0x964, 0x965},   {0xe3f, 0xe3f},
     {0xe4f, 0xe4f},     {0xe5a, 0xe5b},   {0x104a, 0x104f}, {0x17d4, 0x17db}, {0x2000, 0x206f},
     {0x20a0, 0x20cf},   {0x2100, 0x2bff}, {0x2e00, 0x2e7f}, {0x2ff0, 0x3004}, {0x3008, 0x3030},
     {0x303d, 0x3040},   {0x309b, 0x309c}, {0x30a0, 0x30a0}, {0x30fb, 0x30fb}, {0x3200, 0x33ff},
     {0x4dc0, 0x4dff},   {0xd800, 0xf8ff}, {0xfe10, 0xfe1f}, {0xfe30, 0xfe6f}, {0xff00, 0xff0f},
     {0xff1a, 0xff20},   {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff}, {0x1f000, 0x1faff},
     {0xe0000, 0x10ffff}});
constexpr auto kSyllables = std::to_array<Span>(
    {{0xe01, 0xe3a},   {0xe40, 0xe4e},    {0xe81, 0xecd},   {0xedc, 0xedf},   {0x1000, 0x1049},
     {0x1050, 0x109f}, {0x1100, 0x11ff},  {0x1780, 0x17d3}, {0x2e80, 0x2fdf}, {0x3005, 0x3007},
     {0x3031, 0x303c}, {0x3041, 0x3098},  {0x309d, 0x309f}, {0x30a1, 0x30fa}, {0x30fc, 0x31ff},
     {0x3400, 0x4dbf}, {0x4e00, 0x9fff},  {0xa960, 0xa97c}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
     {0xff66, 0xffdc}, {0x20000, 0x3134f}});
constexpr auto kMarks = std::to_array<Span>({{0x300, 0x36f},
                                             {0x591, 0x5bd},
                                             {0x5bf, 0x5bf},
                                             {0x5c1, 0x5c2},
                                             {0x5c4, 0x5c7},
                                             {0x640, 0x640},
                                             {0x64b, 0x65f},
                                             {0x670, 0x670},
                                             {0x1ab0, 0x1aff},
                                             {0x1dc0, 0x1dff},
                                             {0x20d0, 0x20ff},
                                             {0xfe20, 0xfe2f}});
constexpr auto kHidden = std::to_array<Span>({{0xad, 0xad},
                                              {0x200b, 0x200f},
                                              {0x202a, 0x202e},
                                              {0x2060, 0x2064},
                                              {0xfe00, 0xfe0f},
                                              {0xfeff, 0xfeff}});

/// The first digit of each script's ten that are read as ours.
constexpr auto kDigits = std::to_array<char32_t>({0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10});

struct Group {
  std::string_view base;
  std::string_view letters;
};

// What Unicode's compatibility decomposition and case folding make of a letter once its marks are
// gone; and the few that it leaves alone but people write without: đ, ø, ł, ı, æ and the like.
constexpr auto kGroups = std::to_array<Group>({
    {"a", "ªÀÁÂÃÄÅàáâãäåĀāĂăĄąǍǎǞǟǠǡǺǻȀȁȂȃȦȧḀḁẠạẢảẤấẦầẨẩẪẫẬậẮắẰằẲẳẴẵẶặ"},
    {"ae", "ÆæǢǣǼǽ"},
    {"b", "ḂḃḄḅḆḇ"},
    {"c", "ÇçĆćĈĉĊċČčḈḉ"},
    {"d", "ÐðĎďĐđḊḋḌḍḎḏḐḑḒḓ"},
    {"dz", "ǄǅǆǱǲǳ"},
    {"e", "ÈÉÊËèéêëĒēĔĕĖėĘęĚěȄȅȆȇȨȩḔḕḖḗḘḙḚḛḜḝẸẹẺẻẼẽẾếỀềỂểỄễỆệ"},
    {"f", "Ḟḟ"},
    {"ff", "ﬀ"},
    {"ffi", "ﬃ"},
    {"ffl", "ﬄ"},
    {"fi", "ﬁ"},
    {"fl", "ﬂ"},
    {"g", "ĜĝĞğĠġĢģǦǧǴǵḠḡ"},
    {"h", "ĤĥĦħȞȟḢḣḤḥḦḧḨḩḪḫẖ"},
    {"i", "ÌÍÎÏìíîïĨĩĪīĬĭĮįİıǏǐȈȉȊȋḬḭḮḯỈỉỊị"},
    {"ij", "Ĳĳ"},
    {"j", "Ĵĵǰ"},
    {"k", "ĶķǨǩḰḱḲḳḴḵ"},
    {"l", "ĹĺĻļĽľĿŀŁłḶḷḸḹḺḻḼḽ"},
    {"lj", "Ǉǈǉ"},
    {"m", "ḾḿṀṁṂṃ"},
    {"n", "ÑñŃńŅņŇňŉŊŋǸǹṄṅṆṇṈṉṊṋ"},
    {"nj", "Ǌǋǌ"},
    {"o", "ºÒÓÔÕÖØòóôõöøŌōŎŏŐőƠơǑǒǪǫǬǭǾǿȌȍȎȏȪȫȬȭȮȯȰȱṌṍṎṏṐṑṒṓỌọỎỏỐốỒồỔổỖỗỘộỚớỜờỞởỠỡỢợ"},
    {"oe", "Œœ"},
    {"p", "ṔṕṖṗ"},
    {"r", "ŔŕŖŗŘřȐȑȒȓṘṙṚṛṜṝṞṟ"},
    {"s", "ŚśŜŝŞşŠšſȘșṠṡṢṣṤṥṦṧṨṩẛ"},
    {"ss", "ßẞ"},
    {"st", "ﬅﬆ"},
    {"t", "ŢţŤťŦŧȚțṪṫṬṭṮṯṰṱẗ"},
    {"u", "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲųƯưǓǔǕǖǗǘǙǚǛǜȔȕȖȗṲṳṴṵṶṷṸṹṺṻỤụỦủỨứỪừỬửỮữỰự"},
    {"v", "ṼṽṾṿ"},
    {"w", "ŴŵẀẁẂẃẄẅẆẇẈẉẘ"},
    {"x", "ẊẋẌẍ"},
    {"y", "ÝýÿŶŷŸȲȳẎẏẙỲỳỴỵỶỷỸỹ"},
    {"z", "ŹźŻżŽžẐẑẒẓẔẕ"},
    {"1", "¹"},
    {"2", "²"},
    {"3", "³"},
    {"α", "ΆΑάἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏὰάᾰᾱᾶᾸᾹᾺΆ"},
    {"αι", "ᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾲᾳᾴᾷᾼ"},
    {"β", "Βϐ"},
    {"ε", "ΈΕέϵἐἑἒἓἔἕἘἙἚἛἜἝὲέῈΈ"},
    {"η", "ΉΗήἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὴήῆῊΉ"},
    {"ηι", "ᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟῂῃῄῇῌ"},
    {"θ", "Θϑϴ"},
    {"ι", "ΊΐΙΪίϊἰἱἲἳἴἵἶἷἸἹἺἻἼἽἾἿὶίιῐῑῒΐῖῗῘῙῚΊ"},
    {"κ", "Κϰ"},
    {"μ", "µΜ"},
    {"ο", "ΌΟόὀὁὂὃὄὅὈὉὊὋὌὍὸόῸΌ"},
    {"π", "Πϖ"},
    {"ρ", "ΡϱῤῥῬ"},
    {"σ", "ΣςϲϹ"},
    {"υ", "ΎΥΫΰϋύϒϓϔὐὑὒὓὔὕὖὗὙὛὝὟὺύῠῡῢΰῦῧῨῩῪΎ"},
    {"φ", "Φϕ"},
    {"ω", "ΏΩώὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὼώῶῺΏ"},
    {"ωι", "ᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯῲῳῴῷῼ"},
    {"а", "АӐӑӒӓ"},
    {"г", "ЃГѓ"},
    {"е", "ЀЁЕѐёӖӗ"},
    {"ж", "ЖӁӂӜӝ"},
    {"з", "ЗӞӟ"},
    {"и", "ЍИЙйѝӢӣӤӥ"},
    {"к", "ЌКќ"},
    {"о", "ОӦӧ"},
    {"у", "ЎУўӮӯӰӱӲӳ"},
    {"ч", "ЧӴӵ"},
    {"ы", "ЫӸӹ"},
    {"э", "ЭӬӭ"},
    {"і", "ІЇї"},
    {"ө", "ӨӪӫ"},
    {"ә", "ӘӚӛ"},
    {"եւ", "և"},
    {"ا", "آأإ"},
});

// Upper and lower case in turn.
constexpr std::string_view kPairs =
    "ÞþƁɓƂƃƄƅƆɔƇƈƉɖƊɗƋƌƎǝƏəƐɛƑƒƓɠƔɣƖɩƗɨƘƙƜɯƝɲƟɵƢƣƤƥƦʀƧƨƩʃƬƭƮʈƱʊƲʋƳƴƵƶƷʒƸƹƼƽǤǥǶƕǷƿȜȝȠƞȢȣȤȥȺⱥȻȼȽƚ"
    "ȾⱦɁɂɃƀɄʉɅʌɆɇɈɉɊɋɌɍɎɏͰͱͲͳͶͷͿϳΓγΔδΖζΛλΝνΞξΤτΧχΨψϏϗϘϙϚϛϜϝϞϟϠϡϢϣϤϥϦϧϨϩϪϫϬϭϮϯϷϸϺϻϽͻϾͼϿͽ"
    "ЂђЄєЅѕЈјЉљЊњЋћЏџБбВвДдЛлМмНнПпРрСсТтФфХхЦцШшЩщЪъЬьЮюЯяѠѡѢѣѤѥѦѧѨѩѪѫѬѭѮѯѰѱѲѳѴѵѸѹѺѻѼѽѾѿҀҁ"
    "ҊҋҌҍҎҏҐґҒғҔҕҖҗҘҙҚқҜҝҞҟҠҡҢңҤҥҦҧҨҩҪҫҬҭҮүҰұҲҳҴҵҶҷҸҹҺһҼҽҾҿӀӏӃӄӅӆӇӈӉӊӋӌӍӎӔӕӠӡӶӷӺӻӼӽӾӿ"
    "ԱաԲբԳգԴդԵեԶզԷէԸըԹթԺժԻիԼլԽխԾծԿկՀհՁձՂղՃճՄմՅյՆնՇշՈոՉչՊպՋջՌռՍսՎվՏտՐրՑցՒւՓփՔքՕօՖֆ";

constexpr std::string_view kHalfWidthKana =
    "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤ"
    "ユヨ"
    "ラリルレロワン";

char32_t take(std::string_view& text) {
  const CodePoint next = first_code_point(text);
  text.remove_prefix(next.bytes);
  return next.value;
}

using Folds = std::unordered_map<char32_t, std::string>;

Folds make_folds() {
  Folds out;
  for (const Group& group : kGroups)
    for (std::string_view rest = group.letters; !rest.empty();) out.emplace(take(rest), group.base);
  for (std::string_view rest = kPairs; !rest.empty();) {
    const char32_t upper = take(rest);
    std::string lower;
    append_utf8(lower, take(rest));
    out.emplace(upper, std::move(lower));
  }
  char32_t narrow = 0xff66;
  for (std::string_view rest = kHalfWidthKana; !rest.empty(); ++narrow) {
    std::string wide;
    append_utf8(wide, take(rest));
    out.emplace(narrow, std::move(wide));
  }
  return out;
}

char32_t wide_kana(char32_t c) {
  if (c < 0xff66 || c > 0xff9d) return c;
  std::string_view rest = kHalfWidthKana;
  for (char32_t i = 0xff66; i < c; ++i) take(rest);
  return take(rest);
}

/// Kana with the mark that voices it; 0 when the two make no letter.
char32_t voiced(char32_t kana, char32_t mark) {
  const bool half = mark == 0x309a || mark == 0xff9f;
  if (!half && mark != 0x3099 && mark != 0xff9e) return 0;
  kana = wide_kana(kana);
  const char32_t shift = kana >= 0x30a1 ? 0x60 : 0;
  const char32_t base = kana - shift;
  const bool of_ha = base >= 0x306f && base <= 0x307b && (base - 0x306f) % 3 == 0;
  if (half) return of_ha ? kana + 2 : 0;
  if (base == 0x3046) return 0x3094 + shift;
  const bool of_ka_to_ti = base >= 0x304b && base <= 0x3061 && base % 2 == 1;
  const bool of_tu_to_to = base >= 0x3064 && base <= 0x3068 && base % 2 == 0;
  return of_ha || of_ka_to_ti || of_tu_to_to ? kana + 1 : 0;
}

/// A Hangul syllable with one more piece; 0 when it does not belong to it (Unicode 3.12).
char32_t joined_hangul(char32_t c, char32_t next) {
  constexpr char32_t kLead = 0x1100, kVowel = 0x1161, kTail = 0x11a7, kWhole = 0xac00;
  if (c >= kLead && c < kLead + 19 && next >= kVowel && next < kVowel + 21)
    return kWhole + ((c - kLead) * 21 + (next - kVowel)) * 28;
  if (c >= kWhole && c <= 0xd7a3 && (c - kWhole) % 28 == 0 && next > kTail && next < kTail + 28)
    return c + (next - kTail);
  return 0;
}

}  // namespace

Letter letter_of(char32_t c) {
  if (c < 0x80) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? Letter::word : Letter::none;
  }
  if (within(kHidden, c)) return Letter::hidden;
  if (within(kMarks, c)) return Letter::mark;
  if (within(kSyllables, c)) return Letter::syllable;
  return within(kBetween, c) || c > 0x10ffff ? Letter::none : Letter::word;
}

void append_folded(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 0x20 : c);
    return;
  }
  for (const char32_t zero : kDigits) {
    if (c >= zero && c < zero + 10) {
      out += static_cast<char>('0' + (c - zero));
      return;
    }
  }
  const bool full_width = (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a);
  if (full_width) return append_folded(out, c - 0xfee0);
  static const Folds folds = make_folds();
  if (const auto found = folds.find(c); found != folds.end())
    out += found->second;
  else
    append_utf8(out, c);
}

char32_t lower_latin(char32_t c) {
  const auto next_if = [c](bool is_upper) { return is_upper ? c + 1 : c; };
  if (c >= 'A' && c <= 'Z') return c + 0x20;
  if (c < 0xc0) return c;
  if (c <= 0xde) return c == 0xd7 ? c : c + 0x20;
  if (c == 0x178) return 0xff;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e) || (c >= 0x1cd && c <= 0x1dc) ||
      c == 0x1af)
    return next_if(c % 2 == 1);
  if ((c >= 0x100 && c <= 0x177) || (c >= 0x1a0 && c <= 0x1a5) || (c >= 0x1de && c <= 0x233) ||
      (c >= 0x1e00 && c <= 0x1eff))
    return next_if(c % 2 == 0);
  return c;
}

bool is_marked_latin(char32_t c) {
  return (c >= 0xc0 && c <= 0x24f) || (c >= 0x1e00 && c <= 0x1eff);
}

Character Characters::read(std::size_t at) const {
  const CodePoint next = first_code_point(text_.substr(at));
  return {.value = next.value, .begin = at, .end = at + next.bytes};
}

bool Characters::next(Character& out) {
  if (at_ >= text_.size()) return false;
  out = read(at_);
  while (out.value >= 0x1100 && out.end < text_.size()) {
    const Character more = read(out.end);
    char32_t whole = joined_hangul(out.value, more.value);
    if (whole == 0) whole = voiced(out.value, more.value);
    if (whole == 0) break;
    out.value = whole;
    out.end = more.end;
  }
  at_ = out.end;
  return true;
}

}  // namespace deskwire::search
