using System.Text;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Finds out what constraints allow by asking for every token.</summary>
internal static class ConstraintWalk
{
    public static IConstraint Compile(this ConstraintOptions options, PlanContext context)
    {
        options.Validate();
        return Plan(context, options).CreateState([0]).Constraints[0];
    }

    public static DecodingPlan Plan(PlanContext context, params ConstraintOptions[] constraints) => DecodingPlan.Compile(new DecodingOptions { Constraints = [.. constraints] }, context);

    /// <summary>The texts that may be written with at most so many tokens, each as often as there are ways to cut it.</summary>
    public static List<string> Texts(this IConstraint constraint, ITokenVocabulary vocabulary, int maxTokens)
    {
        List<string> texts = [];
        Visit("", maxTokens);
        return texts;

        void Visit(string text, int left)
        {
            if (constraint.Accepting) texts.Add(text);
            for (var token = 0; left > 0 && token < vocabulary.Count; token++)
            {
                if (vocabulary.IsSpecial(token) || !constraint.TryAccept(token)) continue;
                Visit(text + Encoding.UTF8.GetString(vocabulary.Bytes(token)), left - 1);
                constraint.Rollback(1);
            }
        }
    }

    /// <summary>All texts of at most so many tokens.</summary>
    public static IEnumerable<string> AllTexts(ITokenVocabulary vocabulary, int maxTokens)
    {
        yield return "";
        if (maxTokens == 0) yield break;
        for (var token = 0; token < vocabulary.Count; token++)
        {
            if (vocabulary.IsSpecial(token)) continue;
            foreach (var rest in AllTexts(vocabulary, maxTokens - 1)) yield return Encoding.UTF8.GetString(vocabulary.Bytes(token)) + rest;
        }
    }

    /// <summary>What a plan has a model write up to the end of its turn.</summary>
    public static string Answer(this DecodingPlan plan, TableModel model, ITokenVocabulary vocabulary)
    {
        var (state, distribution, logits) = (plan.CreateState([0]), new TokenDistribution(), new float[vocabulary.Count]);
        while (true)
        {
            model.Fill(state.Tokens, logits);
            plan.Target.Row(new BranchRows(logits), state, distribution);
            var token = Sampler.Draw(distribution, state.Noise, state.Position);
            state.Commit(token, distribution);
            if (vocabulary.EndOfTurn.Contains(token)) return Encoding.UTF8.GetString([.. state.Generated[..^1].ToArray().SelectMany(id => vocabulary.Bytes(id).ToArray())]);
        }
    }

    /// <summary>The tokens of a mask.</summary>
    public static int[] Allowed(this IConstraint constraint, int count)
    {
        var mask = new ulong[(count + 63) >> 6];
        Array.Fill(mask, ulong.MaxValue);
        constraint.FillMask(mask);
        return [.. Enumerable.Range(0, 64 * mask.Length).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0)];
    }

    /// <summary>Random walks with forks and ways back: masks are what every token says for itself, and states are those of the same tokens read anew.</summary>
    public static void AssertConsistent(Func<IConstraint> create, ITokenVocabulary vocabulary, int seed, int steps = 200)
    {
        var random = new Random(seed);
        List<(IConstraint Constraint, List<int> Tokens)> all = [(create(), [])];
        for (var step = 0; step < steps; step++)
        {
            var (constraint, tokens) = all[random.Next(all.Count)];
            var allowed = constraint.Allowed(vocabulary.Count);
            Assert.Equal(Enumerable.Range(0, vocabulary.Count).Where(token => Takes(constraint, token)), allowed.Where(token => token < vocabulary.Count));
            if (constraint.Forced is [var forced, ..]) Assert.Contains(forced, allowed);
            switch (random.Next(5))
            {
                case 0 when all.Count < 5:
                    all.Add((constraint.Fork(), [.. tokens]));
                    break;
                case 1:
                    var count = random.Next(tokens.Count + 1);
                    constraint.Rollback(count);
                    tokens.RemoveRange(tokens.Count - count, count);
                    break;
                default:
                    if (allowed.Length == 0) break;
                    var next = allowed[random.Next(allowed.Length)];
                    Assert.True(constraint.TryAccept(next));
                    tokens.Add(next);
                    break;
            }

            foreach (var (known, read) in all)
            {
                var anew = create();
                foreach (var token in read) Assert.True(anew.TryAccept(token));
                Assert.Equal(anew.Accepting, known.Accepting);
                Assert.Equal(anew.Forced, known.Forced);
                Assert.Equal(anew.Allowed(vocabulary.Count), known.Allowed(vocabulary.Count));
            }
        }
    }

    private static bool Takes(IConstraint constraint, int token)
    {
        if (!constraint.TryAccept(token)) return false;
        constraint.Rollback(1);
        return true;
    }
}
