// Coalitions: a dated scenario on one day in parts, each of which may stand as on that day or as in the world's base.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

/// Who the players are among whom an effect is shared out.
enum class PlayerKey {
  authority,  ///< the laws
  importer,   ///< the countries or groups that levy the duties, as the measures name them
  group,      ///< stacking groups; "s232/autos" plays with "s232" unless it is named itself
  measure,    ///< the measures one by one
};

/// The players of a day and the shock of any set of them: their measures stand as on the day, all others as in the
/// world's own tariffs. Nobody is the base, everybody the scenario on its day. Where the scenario has undated changes
/// or limits, these together are one more player.
class Coalitions {
 public:
  /// Sets of players as bits: player k is in where bit k is set.
  using Members = unsigned;

  static constexpr std::size_t kMostPlayers = 10;
  static constexpr const char* kOthers = "all others";
  static constexpr const char* kUndated = "undated changes";

  /// @param scenario dated, on a day.
  /// @param bound must outlive this.
  /// @param named players told apart, in this order; all others are one more. Empty: each is told apart, by name. A
  /// player of whom nothing changes between the world's base and the day is left out, for its effect is zero.
  /// @throws InvalidInput without a day, on unknown players, and where there are more than ten.
  Coalitions(Scenario scenario, const BoundPolicy& bound, PlayerKey by = PlayerKey::authority,
             const std::vector<std::string>& named = {})
      : scenario_(std::move(scenario)), bound_(bound) {
    if (!scenario_.day()) {
      throw InvalidInput("scenario '" + scenario_.title() + "'", "has no day whose effect could be shared out",
                         "say which: on(Date(2025, 4, 9))");
    }
    const auto labels = labels_of(bound.policy(), by, named);
    name_players(labels, named);
    if (has_undated()) players_.emplace_back(kUndated);
    require_few(by);
  }

  [[nodiscard]] const std::vector<std::string>& players() const noexcept { return players_; }
  [[nodiscard]] const World& world() const noexcept { return bound_.world(); }
  /// Number of coalitions, nobody and everybody included.
  [[nodiscard]] Members count() const noexcept { return Members{1} << players_.size(); }

  /// @throws InvalidInput where the undated changes do not fit the world.
  [[nodiscard]] Shock shock(Members coalition) const {
    std::vector<bool> on_the_day;
    for (const std::size_t player : player_of_) {
      on_the_day.push_back(player == kNobody ? coalition + 1 == count() : ((coalition >> player) & 1U) != 0);
    }
    DayRates rates = bound_.rates(*scenario_.day(), scenario_.basis(), on_the_day);
    const bool undated = has_undated() && ((coalition >> (players_.size() - 1)) & 1U) != 0;
    return (undated ? scenario_ : Scenario(scenario_.title())).compile(bound_.world(), std::move(rates));
  }

  /// Its players, for messages.
  [[nodiscard]] std::string describe(Members coalition) const {
    std::string text;
    for (std::size_t k = 0; k < players_.size(); ++k) {
      if ((coalition >> k) & 1U) text += (text.empty() ? "'" : ", '") + players_[k] + "'";
    }
    return text.empty() ? "nobody" : text;
  }

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  [[nodiscard]] bool has_undated() const { return !scenario_.changes().empty() || !scenario_.limits().empty(); }

  [[nodiscard]] static const char* noun(PlayerKey by) {
    constexpr const char* nouns[] = {"law", "importer", "stacking group", "measure"};
    return nouns[static_cast<int>(by)];
  }

  // The player that each measure belongs to by its own words.
  [[nodiscard]] static std::string label_of(const Measure& m, PlayerKey by, const std::vector<std::string>& named) {
    switch (by) {
      case PlayerKey::authority: return m.authority.empty() ? "no authority" : m.authority;
      case PlayerKey::importer: return m.importer;
      case PlayerKey::measure: return m.id;
      case PlayerKey::group: break;
    }
    std::string closest;
    for (const auto& name : named) {
      if (belongs(m.group, name) && name.size() > closest.size()) closest = name;
    }
    if (!closest.empty()) return closest;
    return m.group.empty() ? "no group" : m.group.substr(0, m.group.find('/'));
  }

  [[nodiscard]] static std::vector<std::string> labels_of(const Policy& policy, PlayerKey by,
                                                          const std::vector<std::string>& named) {
    std::vector<std::string> labels;
    for (const auto& m : policy.measures) labels.push_back(label_of(m, by, named));
    const Labels known(noun(by), as_list(std::set<std::string>(labels.begin(), labels.end())));
    static_cast<void>(Labels("player", named));  // refuses what is named twice
    for (const auto& name : named) static_cast<void>(known.at(name, "players"));
    return labels;
  }

  [[nodiscard]] static std::vector<std::string> as_list(const std::set<std::string>& names) {
    return {names.begin(), names.end()};
  }

  void name_players(const std::vector<std::string>& labels, const std::vector<std::string>& named) {
    const auto player = [&](const std::string& label) -> std::string {
      const bool is_named = named.empty() || std::find(named.begin(), named.end(), label) != named.end();
      return is_named ? label : kOthers;
    };
    const std::vector<bool> changed = bound_.changed(*scenario_.day(), scenario_.basis());
    std::set<std::string> playing;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      if (changed[k]) playing.insert(player(labels[k]));
    }
    for (const auto& name : named) {
      if (playing.erase(name) > 0) players_.push_back(name);
    }
    const auto rest = as_list(playing);
    players_.insert(players_.end(), rest.begin(), rest.end());
    for (const auto& label : labels) {
      const auto found = std::find(players_.begin(), players_.end(), player(label));
      player_of_.push_back(found == players_.end() ? kNobody : static_cast<std::size_t>(found - players_.begin()));
    }
  }

  void require_few(PlayerKey by) const {
    if (players_.size() <= kMostPlayers) return;
    std::string names;
    for (const auto& name : players_) names += (names.empty() ? "" : ", ") + name;
    throw InvalidInput("players",
                       std::to_string(players_.size()) + " players by " + noun(by) + " are too many (" + names + ")",
                       "name at most " + std::to_string(kMostPlayers - 1) +
                           " of them in players; the rest then stand together as one");
  }

  Scenario scenario_;
  const BoundPolicy& bound_;
  std::vector<std::string> players_;
  std::vector<std::size_t> player_of_;  // by measure; kNobody where its player is left out
};

}  // namespace tariffsim
