namespace Decant.Tests.Decoding.Thinking;

/// <summary>The rows of more-think: what would close the reasoning goes to the cue, and everything else stays as likely as it was. Against the rule written out over texts.</summary>
public class CueRowTests
{
    private static readonly MoreThinkOptions _options = new() { Cues = ["Let me", "Wait"], MaxExtensions = 2, Budget = 8 };

    [Theory]
    [InlineData(true, 1f)]
    [InlineData(true, .6f)]
    [InlineData(false, 1.5f)]
    [InlineData(false, 0f)]
    public void Every_row_is_the_one_that_the_rule_gives(bool special, float temperature)
    {
        using var toy = ThinkingToy.Marker(special);
        var plan = toy.Plan(_options, isOpen: true, new SamplingOptions { Temperature = temperature });
        var (distribution, logits, checkedRows, cues) = (new TokenDistribution(), new float[toy.Vocabulary.Count], 0, 0);
        void Visit(GenerationState state, int depth)
        {
            toy.Model.Fill(state.Tokens, logits);
            var expected = Expected(toy, state.Generated, logits, temperature, ref cues);
            plan.Target.Row(new BranchRows(logits), state, distribution);
            for (var id = 0; id < expected.Length; id++) Assert.True(Math.Abs(expected[id] - distribution.ProbabilityOf(id)) < 1e-5, $"{toy.Text(state.Generated)} + {TokenText.Of(toy.Vocabulary, id)}: {expected[id]}, not {distribution.ProbabilityOf(id)}");
            checkedRows++;
            if (depth == 0) return;
            for (var id = 2; id < expected.Length; id++)
            {
                if (expected[id] <= 0) continue;
                var next = state.Fork();
                next.Commit(id);
                Visit(next, depth - 1);
            }
        }

        Visit(plan.CreateState([0]), temperature == 0 ? 12 : 4);
        Assert.InRange(checkedRows, temperature == 0 ? 8 : 5000, int.MaxValue);
        Assert.InRange(cues, 1, int.MaxValue);
    }

    [Fact]
    public void A_state_that_was_forked_and_rolled_back_is_the_replayed_one()
    {
        using var toy = ThinkingToy.Marker(special: false);
        var plan = toy.Plan(_options, isOpen: false, new SamplingOptions());
        var (random, logits, deepest) = (new Random(7), new float[toy.Vocabulary.Count], 0);
        var state = plan.CreateState([0]);
        for (var round = 0; round < 2000; round++)
        {
            if (random.Next(6) == 0) state.Rollback(random.Next(state.Position - state.PromptLength + 1));
            else if (random.Next(5) == 0) state = state.Fork();
            else if (!state.TryCommit(state.Forced >= 0 && random.Next(3) > 0 ? state.Forced : random.Next(2, logits.Length))) continue;
            deepest = Math.Max(deepest, state.Generated.Length);
            var replayed = plan.CreateState([0]);
            foreach (var token in state.Generated) replayed.Commit(token);
            Assert.Equal(Row(replayed), Row(state));
            Assert.Equal(replayed.Forced, state.Forced);
        }

        Assert.InRange(deepest, 8, 2000);

        float[] Row(GenerationState of)
        {
            var distribution = new TokenDistribution();
            toy.Model.Fill(of.Tokens, logits);
            plan.Target.Row(new BranchRows(logits), of, distribution);
            return [.. Enumerable.Range(0, logits.Length).Select(distribution.ProbabilityOf)];
        }
    }

    // Reads the whole text anew at each token. The prompt has opened the reasoning.
    private static double[] Expected(ThinkingToy toy, ReadOnlySpan<int> generated, float[] logits, float temperature, ref int cues)
    {
        string[][] sayings = [["Let", " me"], ["Wait"]];
        var (text, tokens, extensions, pending) = ("", 0, 0, new Queue<string>());
        bool Closes(string piece) => IsMark(piece) ? piece == ThinkingToy.Close : (text + piece).Contains(ThinkingToy.Close);
        string[] Cue() => extensions < 2 && tokens + sayings[extensions].Length <= 7 ? sayings[extensions] : [];
        var behind = "";
        foreach (var id in generated)
        {
            var piece = TokenText.Of(toy.Vocabulary, id);
            if (pending.Count > 0)
            {
                pending.Dequeue();
                (text, tokens) = (text + piece, tokens + 1);
                if (pending.Count == 0 && text.Contains('\u0001')) behind = "\u0002";
            }
            else if (behind != "") behind += piece;
            else if (Cue() is [var first, .. var rest] && first == piece)
            {
                extensions++;
                (text, tokens, pending) = (text + "|" + piece, tokens + 1, new Queue<string>(rest));
            }
            else if (Closes(piece)) behind = "\u0002";
            else (text, tokens) = (text + piece, tokens + 1);

            if (tokens >= 7 && behind == "" && pending.Count == 0) (pending, text) = (new Queue<string>(toy.Vocabulary.Find(ThinkingToy.Close) is null ? ["\n", "</", "think", ">", "\n", "\n"] : ["\n", ThinkingToy.Close, "\n", "\n"]), text + "\u0001");
        }

        var raw = new double[logits.Length];
        for (var id = 1; id < raw.Length; id++)
        {
            var piece = TokenText.Of(toy.Vocabulary, id);
            var target = id;
            if (pending.Count > 0) target = piece == pending.Peek() ? id : -1;
            else if (behind != "") target = IsMark(piece) || (behind[1..] + piece) is var all && (all.Contains(ThinkingToy.Open) || all.Contains(ThinkingToy.Close)) ? -1 : id;
            else if (id == 1 || (IsMark(piece) ? piece == ThinkingToy.Open : (text + piece).Contains(ThinkingToy.Open))) target = -1;
            else if (Closes(piece) && Cue() is [var cue, ..]) (target, cues) = (toy.Vocabulary.Find(cue)!.Value, cues + 1);
            if (target < 0) continue;
            if (temperature > 0) raw[target] += Math.Exp(logits[id] / temperature);
            else raw[target] = Math.Max(raw[target], Math.Exp(logits[id]));
        }

        if (temperature > 0) return [.. raw.Select(weight => weight / raw.Sum())];
        var best = Array.IndexOf(raw, raw.Max());
        return [.. raw.Select((_, id) => id == best ? 1.0 : 0)];
    }

    private static bool IsMark(string piece) => piece is ThinkingToy.Open or ThinkingToy.Close;
}
