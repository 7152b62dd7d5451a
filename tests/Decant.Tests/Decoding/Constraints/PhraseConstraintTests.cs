using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>What must and what must not be said: against a look at every text, and together with each other.</summary>
public class PhraseConstraintTests
{
    private static readonly TestVocabulary _letters = new("</s>", "a", "b", "k", "ab", "ba", "kk", "bk");

    public static TheoryData<string, string[], string[], bool> Bans => new()
    {
        { "", ["ab"], [], false },
        { "ab", ["aba", "kk"], [], false },
        { "k", [], ["a[bk]+a"], false },
        { "kk", ["k"], ["^a", "b$"], false },
        { "i", ["AB", "bK"], [], true },
        { "p", [], ["(?i)K{2}"], false },
    };

    [Theory]
    [MemberData(nameof(Bans))]
    public void Nothing_banned_and_everything_else_can_be_said(string name, string[] phrases, string[] patterns, bool ignoreCase)
    {
        _ = name;
        var constraint = new BannedOptions { Phrases = [.. phrases], Patterns = [.. patterns], IgnoreCase = ignoreCase }.Compile(_letters.Context);
        var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var expected = ConstraintWalk.AllTexts(_letters, 4).Where(text => !phrases.Any(phrase => text.Contains(phrase, comparison)) && !patterns.Any(pattern => Regex.IsMatch(text, pattern)));
        Assert.Equal(expected.Distinct().Order(), constraint.Texts(_letters, 4).Distinct().Order());
    }

    [Fact]
    public void Upper_and_lower_case_are_told_apart_unless_asked_not_to()
    {
        var vocabulary = new TestVocabulary("</s>", "É", "é", "x");
        Assert.DoesNotContain("xÉ", new BannedOptions { Phrases = ["xé"], IgnoreCase = true }.Compile(vocabulary.Context).Texts(vocabulary, 2));
        Assert.Contains("xÉ", new BannedOptions { Phrases = ["xé"] }.Compile(vocabulary.Context).Texts(vocabulary, 2));
    }

    [Fact]
    public void What_could_only_end_in_something_banned_is_not_begun()
    {
        var vocabulary = new TestVocabulary("</s>", "red", "green", " apples", " pears");
        var plan = ConstraintWalk.Plan(vocabulary.Context, new PatternOptions { Pattern = "(red|green) apples|green pears" }, new BannedOptions { Phrases = ["d apples"], Patterns = ["pears?$"] });
        Assert.Equal(["green"], Names(plan, vocabulary));
        Assert.Equal(["green apples"], plan.CreateState([0]).Constraints.Single().Texts(vocabulary, 3));
    }

    [Fact]
    public void Constraints_that_exclude_each_other_are_named_before_decoding_begins()
    {
        var context = _letters.Context;
        ConstraintOptions[] three = [new LexicalOptions { Clauses = [["k"]] }, new BannedOptions { Phrases = ["ab"] }, new PatternOptions { Pattern = "[ab]*" }];
        var message = Assert.Throws<ArgumentException>(() => ConstraintWalk.Plan(context, three)).Message;
        Assert.Contains("\"lexical\" and \"regex\" exclude each other", message);
        Assert.DoesNotContain("banned", message);

        // Each two leave something.
        message = Assert.Throws<ArgumentException>(() => ConstraintWalk.Plan(context, new PatternOptions { Pattern = "a|b" }, new BannedOptions { Phrases = ["a"] }, new LexicalOptions { Excluded = ["b"] })).Message;
        Assert.Contains("\"regex\", \"banned\", \"lexical\"", message);
        Assert.Contains("a*", Assert.Throws<ArgumentException>(() => ConstraintWalk.Plan(context, new BannedOptions { Patterns = ["a*"] })).Message);
    }

    [Theory]
    [InlineData("k")]
    [InlineData("k|a")]
    [InlineData("kk|aba,b|ab")]
    [InlineData("kk,aba,bk")]
    [InlineData("k;ab,bb")]
    [InlineData(";ab")]
    [InlineData("abk|kk;k")]
    public void The_turn_ends_where_every_clause_is_satisfied_and_not_before(string written)
    {
        var parts = written.Split(';');
        var clauses = parts[0].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(clause => clause.Split('|')).ToArray();
        var excluded = parts.Length > 1 ? parts[1].Split(',') : [];
        var options = new LexicalOptions { Clauses = [.. clauses.Select(clause => (ValueList<string>)[.. clause])], Excluded = [.. excluded] };
        if (written == "abk|kk;k")
        {
            Assert.Contains("abk, kk", Assert.Throws<ArgumentException>(() => options.Compile(_letters.Context)).Message);
            return;
        }

        var constraint = options.Compile(_letters.Context);
        var expected = ConstraintWalk.AllTexts(_letters, 4).Where(text => clauses.All(clause => clause.Any(text.Contains)) && !excluded.Any(text.Contains));
        Assert.Equal(expected.Distinct().Order(), constraint.Texts(_letters, 4).Distinct().Order());
        ConstraintWalk.AssertConsistent(() => options.Compile(_letters.Context), _letters, seed: 3, steps: 60);
    }

    [Fact]
    public void Greedy_decoding_must_say_what_it_would_leave_out()
    {
        // Independent tokens of probabilities .5, .2, .1, .2: without the clause the answer is a forever, and with it the turn cannot end before k.
        var vocabulary = new TestVocabulary("a", "b", "k", "</s>");
        float[] logits = [MathF.Log(.5f), MathF.Log(.2f), MathF.Log(.1f), MathF.Log(.2f)];
        var plan = ConstraintWalk.Plan(vocabulary.Context, new LexicalOptions { Clauses = [["k"]] });
        Assert.Equal(0, plan.Row(logits).ProbabilityOf(3));
        Assert.Equal(.2f, plan.Row(logits, 2).ProbabilityOf(3), 1e-6f);
        Assert.Equal(.5f / .8f, plan.Row(logits).ProbabilityOf(0), 1e-6f);
    }

    [Fact]
    public void With_a_grammar_nothing_is_begun_that_cannot_have_all_clauses()
    {
        var vocabulary = new TestVocabulary("</s>", "red", "green", " apples", " pears");
        var plan = ConstraintWalk.Plan(vocabulary.Context, new PatternOptions { Pattern = "red apples|green (pears|apples)" }, new LexicalOptions { Clauses = [["pears", "plums"], ["reen", "lue"]] });
        Assert.Equal(["green"], Names(plan, vocabulary));
        Assert.Equal(["green pears"], plan.CreateState([0]).Constraints.Single().Texts(vocabulary, 3));
    }

    [Fact]
    public void Many_clauses_and_long_lists_stay_fast()
    {
        // 2^16 sets of satisfied clauses, of which those are looked at that are met.
        var words = Enumerable.Range(0, 16).Select(i => $"word{i:x}").ToArray();
        var options = new LexicalOptions { Clauses = [.. words.Select(word => (ValueList<string>)[word, word.ToUpperInvariant(), " " + word])] };
        var vocabulary = new TestVocabulary(["</s>", " ", .. words, "WORD0"]);
        var constraint = options.Compile(vocabulary.Context);
        foreach (var word in words)
        {
            Assert.False(constraint.Accepting);
            Assert.DoesNotContain(0, constraint.Allowed(vocabulary.Count));
            Assert.True(constraint.TryAccept(vocabulary.Ids(word)[0]));
        }

        Assert.True(constraint.Accepting);
        var banned = new BannedOptions { Phrases = [.. Enumerable.Range(0, 20_000).Select(i => $"banned{i}")] }.Compile(_letters.Context);
        Assert.Equal(_letters.Count, banned.Allowed(_letters.Count).Length);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(16, 2)]
    public void Those_that_are_too_large_for_one_automaton_hold_each_for_itself(int clauses, int constraints)
    {
        var words = Enumerable.Range(0, clauses).Select(i => $"word{i:x}").ToArray();
        var vocabulary = new TestVocabulary(["</s>", " ", .. words]);
        var plan = ConstraintWalk.Plan(vocabulary.Context, new LexicalOptions { Clauses = [.. words.Select(word => (ValueList<string>)[word])] }, new BannedOptions { Phrases = ["  "] });
        var state = plan.CreateState([0]);
        Assert.Equal(constraints, state.Constraints.Count);
        foreach (var word in words)
        {
            Assert.Equal(0, plan.Row(new float[vocabulary.Count], state.Generated.ToArray()).ProbabilityOf(0));
            state.Commit(vocabulary.Ids(word)[0]);
        }

        Assert.NotEqual(0, plan.Row(new float[vocabulary.Count], state.Generated.ToArray()).ProbabilityOf(0));
        Assert.Equal(0, plan.Row(new float[vocabulary.Count], [.. state.Generated, 1]).ProbabilityOf(1));
    }

    private static IEnumerable<string> Names(DecodingPlan plan, TestVocabulary vocabulary)
    {
        var row = plan.Row(new float[vocabulary.Count]);
        return Enumerable.Range(0, vocabulary.Count).Where(id => row.ProbabilityOf(id) > 0).Select(id => System.Text.Encoding.UTF8.GetString(vocabulary.Bytes(id)));
    }
}
