using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Constraints begin where reasoning ends, wherever tokens are cut.</summary>
public class AfterReasoningTests
{
    private const string Open = "((";
    private const string Close = "))";
    private const string Answer = "ab(b";
    private const string Reasoning = @"(?:(?!\)\))(?s:.))*";
    private const string Inside = Reasoning + @"\z";

    private static readonly TestVocabulary _vocabulary = new("<s>", "</s>", "(", ")", "((", "))", "))a", ")a", "((x", "((x))", "x", "a", "b", "ab", "ab(", "\n", ")\n", "))\n\n", "))\na", "\n\n\n");
    private static readonly int[] _tokens = [.. Enumerable.Range(0, _vocabulary.Count)];

    private static readonly DecodingOptions _options = new()
    {
        Constraints = [new StructuralTagOptions { Tags = [new StructuralTag(Answer)], Separator = "", AtLeastOne = true, MaxTags = 1 }],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_short_text_is_allowed_exactly_when_the_rules_say_so(bool isOpen)
    {
        var (complete, reasoned) = (0, 0);
        void Visit(IConstraint constraint, int[] text)
        {
            var mask = new ulong[2];
            Array.Fill(mask, ulong.MaxValue);
            constraint.FillMask(mask);
            Assert.Equal(IsAllowed(text, isOpen, complete: true), constraint.Accepting);
            complete += constraint.Accepting ? 1 : 0;
            reasoned += constraint.Accepting && text.Contains(_vocabulary.Find("x")!.Value) ? 1 : 0;
            foreach (var token in _tokens)
            {
                int[] longer = [.. text, token];
                var next = constraint.Fork();
                var expected = token == 1 ? constraint.Accepting : IsAllowed(longer, isOpen, complete: false);
                Assert.True(expected == next.TryAccept(token), $"{string.Concat(longer.Select(id => TokenText.Of(_vocabulary, id)))}: {expected}");
                Assert.Equal(expected, (mask[0] >> token & 1) != 0);

                // In reasoning almost everything goes, so less of it is enough.
                var reasons = (isOpen || Text(longer).StartsWith(Open)) && !Text(longer).Contains(Close);
                if (expected && token != 1 && longer.Length < (reasons ? 4 : 6)) Visit(next, longer);
            }

            // What is not of the vocabulary is no reasoning either.
            Assert.Equal(0UL, mask[1]);
        }

        Visit(Constraint(isOpen), []);
        Assert.InRange(complete, isOpen ? 100 : 10, int.MaxValue);
        Assert.InRange(reasoned, 3, int.MaxValue);
    }

    [Fact]
    public void Forks_are_independent_and_rollback_is_exact()
    {
        var random = new Random(3);
        var deepest = 0;
        for (var walk = 0; walk < 200; walk++)
        {
            var constraint = Constraint(isOpen: false);
            var text = new List<int>();
            for (var step = 0; step < 40; step++)
            {
                if (text.Count > 0 && random.Next(4) == 0)
                {
                    var count = random.Next(1, text.Count + 1);
                    constraint.Rollback(count);
                    text.RemoveRange(text.Count - count, count);
                }
                else if (random.Next(5) == 0)
                {
                    var fork = constraint.Fork();
                    foreach (var token in _tokens) fork.TryAccept(token);
                    if (random.Next(2) == 0) constraint = Replay(text);
                }
                else if (_tokens[random.Next(_tokens.Length)] is var token && constraint.TryAccept(token)) text.Add(token);

                deepest = Math.Max(deepest, text.Count);
                var again = Replay(text);
                Assert.Equal(Mask(again), Mask(constraint));
                Assert.Equal(again.Accepting, constraint.Accepting);
                Assert.Equal(again.Forced.ToArray(), constraint.Forced.ToArray());
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => constraint.Rollback(text.Count + 1));
        }

        Assert.InRange(deepest, 8, 40);

        static IConstraint Replay(List<int> text)
        {
            var constraint = Constraint(isOpen: false);
            foreach (var token in text) Assert.True(constraint.TryAccept(token));
            return constraint;
        }
    }

    [Fact]
    public void What_must_follow_is_certain_only_where_no_reasoning_can_come()
    {
        var constraint = Constraint(isOpen: false);
        Assert.True(constraint.Forced.IsEmpty);
        Assert.True(constraint.TryAccept(_vocabulary.Find("a")!.Value));
        Assert.Equal(_vocabulary.Ids("b"), constraint.Forced.ToArray()[..1]);
        constraint = Constraint(isOpen: true);
        Assert.True(constraint.Forced.IsEmpty);
        foreach (var token in _vocabulary.Ids("x", "))\n\n")) Assert.True(constraint.TryAccept(token));
        Assert.True(constraint.Forced.IsEmpty);
        Assert.True(constraint.TryAccept(_vocabulary.Find("a")!.Value));
        Assert.Equal(_vocabulary.Ids("b"), constraint.Forced.ToArray()[..1]);
    }

    [Fact]
    public void A_token_without_bytes_is_reasoning_only_inside_of_it()
    {
        var vocabulary = new TestVocabulary("</s>", "(", ")", "a", "");
        var constraint = DecodingPlan.Compile(_options with { Constraints = [new StructuralTagOptions { Tags = [new StructuralTag("a")], Separator = "" }] }, vocabulary.Context)
            .AfterReasoning(Open, Close, isOpen: false).CreateState([0]).Constraints[0];
        Assert.False(constraint.TryAccept(4));
        foreach (var token in vocabulary.Ids("(", "(", "", ")", "", ")")) Assert.True(constraint.TryAccept(token));
        Assert.False(constraint.TryAccept(4));
        Assert.True(constraint.TryAccept(3));
    }

    [Fact]
    public void Reasoning_is_constrained_where_that_is_asked_for()
    {
        var plan = DecodingPlan.Compile(_options with { ConstrainReasoning = true }, _vocabulary.Context).AfterReasoning(Open, Close, isOpen: false);
        Assert.False(plan.CreateState([0]).TryCommit(_vocabulary.Find(Open)!.Value));
        Assert.Equal("structural-tags", Constraint(isOpen: true).Name);
    }

    // Straight from the rules: an answer; or reasoning, its closing mark and at most two line breaks, and behind a token's end an answer.
    private static bool IsAllowed(int[] tokens, bool isOpen, bool complete)
    {
        if (!isOpen && IsAnswer(Text(tokens), complete)) return true;
        var mark = isOpen ? "" : @"\(\(";
        if (!complete && Regex.IsMatch(Text(tokens), isOpen ? $@"\A{Inside}" : $@"\A(\(?\z|{mark}{Inside})")) return true;
        return Enumerable.Range(0, tokens.Length + 1).Any(end => Regex.IsMatch(Text(tokens[..end]), $@"\A{mark}{Reasoning}\)\)\n{{0,2}}\z") && IsAnswer(Text(tokens[end..]), complete));
    }

    private static string Text(int[] tokens) => string.Concat(tokens.Select(id => TokenText.Of(_vocabulary, id)));

    private static bool IsAnswer(string text, bool complete) => complete ? text == Answer : Answer.StartsWith(text, StringComparison.Ordinal);

    private static ulong[] Mask(IConstraint constraint)
    {
        var mask = new ulong[1];
        mask[0] = ulong.MaxValue;
        constraint.FillMask(mask);
        return mask;
    }

    private static IConstraint Constraint(bool isOpen) => DecodingPlan.Compile(_options, _vocabulary.Context).AfterReasoning(Open, Close, isOpen).CreateState([0]).Constraints[0];
}
