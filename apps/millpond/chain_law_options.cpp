// The words of the commands about cases, juries and challenges.
#include "apps/millpond/chain_command.hpp"

#include <CLI/CLI.hpp>

namespace millpond {
namespace {

using AddVerb = std::function<CLI::App*(CLI::App&, const std::string&, const std::string&)>;

class Words {
public:
    Words(CLI::App& chain, ChainQuestion& question, const AddVerb& add)
        : chain_(chain),
          question_(question),
          q_(question.law),
          add_(add)
    {
    }

    void of_cases()
    {
        auto* cases = group("case", "Claims against transcoders.");
        auto* open =
            with_secret(with_pool(add_(*cases, "open", "Accuses a transcoder of a task.")));
        open->add_option("--journal", q_.journal, "the pool's, which has what was signed")
            ->required();
        open->add_option("--task", q_.task, "its number there")->required();
        open->add_option("--evidence", q_.evidence, "the bundle's folder")->required();
        open->add_option("--fault", q_.fault, "fraud, substandard or copying");
        open->add_option("--tokens", q_.tokens, "asked of the bond, in the token's smallest units");
        open->add_option("--ether", q_.ether, "asked of pay that is held back, wei");
        open->add_option("--damage", q_.damage, "documented loss, wei");
        open->add_option("--damage-bp", q_.damage_bp, "of the penalty, for that loss");
        auto* answer =
            with_secret(of_case(add_(*cases, "answer", "Disputes a claim, with a bond.")));
        answer->add_flag("--from-pay", q_.from_pay, "the bond is frozen out of the accused's pay");
        auto* evidence =
            with_secret(of_case(add_(*cases, "evidence", "Tells where the evidence is.")));
        evidence->add_option("--uri", q_.uri, "where everybody can read it")->required();
        evidence->add_option("--evidence", q_.evidence, "the bundle's folder")->required();
        with_secret(of_case(add_(*cases, "summon", "Opens the accused's half of the jury's seed."))
        );
        of_case(add_(*cases, "verdict", "Takes over what the jury said."));
        of_case(add_(*cases, "appeal", "Goes to the next round, with a bond."));
        of_case(add_(*cases, "advance", "Takes the step that a silence or a ruling has left."));
        auto* close = of_case(add_(*cases, "close", "Moves the penalty once the escrow is over."));
        close->add_option(
            "--epoch", q_.epoch_file, "document of a posted epoch, to take of the pay"
        );
        of_case(add_(*cases, "cancel", "Ends a case in escrow; by the guardian."))
            ->add_option("--reason", q_.reason, "for all to read")
            ->required();
        of_case(add_(*cases, "disprove", "Ends a case whose offer or seeds were proven false."));
    }

    void of_jurors()
    {
        auto* jurors = group("juror", "Judging cases.");
        add_(*jurors, "join", "Applies; enrolled 14 days later.");
        add_(*jurors, "enrol", "Puts one that has waited on the roster.")
            ->add_option("--juror", q_.juror, "whose address")
            ->required();
        add_(*jurors, "leave", "Leaves the roster.");
        const auto of_round = [&](CLI::App* verb) {
            of_case(verb)->add_option("--round", q_.round, "of the jury");
            return verb;
        };
        of_round(add_(*jurors, "draw", "Draws seats."))->add_option("--tries", q_.tries, "at most");
        of_round(add_(*jurors, "retry", "Seats another jury where one has failed, once."));
        for (const std::string name : {"vote", "reveal"}) {
            const bool sealed = name == "vote";
            auto* verb = with_secret(
                of_round(add_(*jurors, name, sealed ? "Votes under seal." : "Opens one's vote."))
            );
            verb->add_option("--vote", q_.vote, "convict or acquit")->required();
            verb->add_option("--scores", q_.scores, "hash of what `millpond verify` measured");
        }
        for (const std::string name : {"release", "fee"}) {
            auto* verb = of_round(
                add_(*jurors, name, name == "fee" ? "Pays a seat's fee." : "Frees a seat's bond.")
            );
            verb->add_option("--seat", q_.seat, "its number");
            verb->add_option("--attempt", q_.attempt, "1 where the round was begun again");
        }
    }

    void of_challenges()
    {
        auto* challenge = group("challenge", "Faults that signatures or a root prove.");
        auto* root = add_(*challenge, "root", "A root gives less than a voucher promises.");
        root->add_option("--receipts", q_.receipts, "file that a transcoder keeps")->required();
        root->add_option("--epoch", q_.epoch_file, "the posted epoch's document")->required();
        auto* taken = add_(*challenge, "taken", "A root gives an account less than one before it.");
        taken->add_option("--account", q_.account, "whose pay it is")->required();
        taken->add_option("--earlier", q_.earlier_file, "the document of the one before")
            ->required();
        taken->add_option("--epoch", q_.epoch_file, "the later one's document")->required();
        for (const std::string name : {"vouchers", "offers", "results", "seed"}) {
            auto* verb = add_(*challenge, name, "Shows what should never have been signed.");
            verb->add_option("--object", q_.objects, "file of a signed object, in hex")->required();
            if (name == "results")
                verb->add_option("--offer", q_.offer, "file of the offer, in hex")->required();
        }
    }

    void of_settlement()
    {
        auto* settlement = group("settlement", "A pool that stopped posting.");
        for (const std::string name : {"open", "submit"}) {
            add_(*settlement, name, "Shows the newest voucher of a receipts file.")
                ->add_option("--receipts", q_.receipts, "file that a transcoder keeps")
                ->required();
        }
        with_pool(add_(*settlement, "finish", "Fixes the proportion."));
        for (const std::string name : {"rebase", "settle", "credit"}) {
            with_pool(add_(*settlement, name, "Takes off, credits, or pays an account's part."))
                ->add_option("--account", q_.account, "whose")
                ->required();
        }
    }

private:
    CLI::App* group(const std::string& name, const std::string& text)
    {
        auto* made = chain_.add_subcommand(name, text);
        made->require_subcommand(1);
        return made;
    }

    CLI::App* of_case(CLI::App* verb)
    {
        verb->add_option("--case", q_.case_id, "its id, 64 hex digits")->required();
        return verb;
    }

    CLI::App* with_secret(CLI::App* verb)
    {
        verb->add_option("--secret", q_.secret, "file of 32 secret bytes; made if it is missing")
            ->required();
        return verb;
    }

    CLI::App* with_pool(CLI::App* verb)
    {
        verb->add_option("--pool", question_.pool, "its id, 64 hex digits")->required();
        return verb;
    }

    CLI::App& chain_;
    ChainQuestion& question_;
    LawQuestion& q_;
    const AddVerb& add_;
};

}  // namespace

void describe_law(CLI::App& chain, ChainQuestion& question, const AddVerb& add)
{
    Words words{chain, question, add};
    words.of_cases();
    words.of_jurors();
    words.of_challenges();
    words.of_settlement();
}

}  // namespace millpond
