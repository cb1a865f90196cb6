// The words of the commands about a pool's members.
#include "apps/millpond/chain_command.hpp"

#include <CLI/CLI.hpp>

namespace millpond {

void describe_members(
    CLI::App& chain,
    ChainQuestion& question,
    const std::function<CLI::App*(CLI::App&, const std::string&, const std::string&)>& add
)
{
    MembersQuestion& q = question.members;
    auto* dao =
        chain.add_subcommand("dao", "Members that buy in, vote, and cover losses together.");
    dao->require_subcommand(1);
    const auto verb = [&](const std::string& name, const std::string& text) {
        auto* made = add(*dao, name, text);
        made->add_option("--pool", question.pool, "its id, 64 hex digits")->required();
        return made;
    };
    const auto with_amount = [&](CLI::App* made, const std::string& text) {
        made->add_option("--amount", question.amount, text)->required();
    };
    verb("found", "Makes a pool's terms its members'; by its operator, for good.")
        ->add_option("--artifacts", question.artifacts, "what contracts/build.sh made");
    with_amount(verb("buy", "Buys shares."), "of the token's smallest units, 20 tokens in all");
    with_amount(verb("leave", "Gives up shares."), "of shares");
    with_amount(verb("contribute", "Adds ether to the fund."), "wei");
    verb("withdraw", "Takes the tokens of shares that were given up.")
        ->add_option("--request", q.request, "its number");
    verb("dividend", "Pays a member its dividends.")
        ->add_option("--member", q.member, "whose")
        ->required();
    auto* propose = verb("propose", "Puts something to the vote.");
    propose->add_option(
        "--what",
        q.what,
        "terms, open, close, admit, refuse, expel, price, dividend, wind, verdicts"
    );
    propose->add_option("--set", q.terms, "NAME=VALUE of a term; more than one may be given");
    propose->add_option("--value", q.value, "whom, which price in wei, or which hash");
    propose->add_option("--because", q.because, "for all to read")->required();
    auto* expel = verb("expel", "Puts a member's leaving to the vote.");
    expel->add_option("--member", q.member, "whom")->required();
    expel->add_option("--because", q.because, "for all to read")->required();
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{
             {"vote", "Votes."},
             {"queue", "Takes what passed into the timelock."},
             {"execute", "Carries out what has waited."},
             {"quit", "Leaves at once, in protest against what passed."},
         }) {
        auto* made = verb(name, text);
        made->add_option("--proposal", q.proposal, "its number, 64 hex digits")->required();
        if (name == "vote")
            made->add_option("--vote", q.vote, "for, against or abstain")->required();
    }
    add(*dao, "cover", "Has the fund pay its part of a loss.")
        ->add_option("--case", q.case_id, "the case that found it, 64 hex digits")
        ->required();
    verb("status", "Tells of members, fund and a proposal.")
        ->add_option("--proposal", q.proposal, "its number, 64 hex digits");
}

}  // namespace millpond
