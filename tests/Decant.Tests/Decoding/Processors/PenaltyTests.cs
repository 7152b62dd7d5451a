namespace Decant.Tests.Decoding.Processors;

/// <summary>Repetition penalty, no-repeat n-gram and DRY: the worked numbers, and slow definitions over random texts.</summary>
public class PenaltyTests
{
    [Fact]
    public void Multiplicative_and_additive_penalties_apply_in_the_order_they_are_listed()
    {
        var plan = Plans.Of(new GreedyOptions(), new RepetitionPenaltyOptions { Penalty = 1.2f }, new FrequencyPresenceOptions { Frequency = 0.5f, Presence = 0.5f });
        var row = plan.Processed([2, -1, 5, 0], [3], [0, 0, 1, 1]);
        Assert.Equal(2 / 1.2f - 1.5f, row[0], 5);
        Assert.Equal(0.1667, row[0], 4);
        Assert.Equal(-2.7, row[1], 4);
        Assert.Equal(5, row[2]);
    }

    [Fact]
    public void The_repetition_penalty_counts_the_prompt_within_its_window()
    {
        var plan = Plans.Of(new GreedyOptions(), new RepetitionPenaltyOptions { Penalty = 2, Window = 3 });
        Assert.Equal([4, 2, 2, 4, 4], plan.Processed([4, 4, 4, 4, 4], [0, 0, 2], [1, 2]));
        Assert.Equal([2, 4, 4, 4, 4], plan.Processed([4, 4, 4, 4, 4], [0], []));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_ngram_that_was_there_is_completed_again(int size)
    {
        var random = new Random(size);
        var plan = Plans.Of(new GreedyOptions(), new NoRepeatNgramOptions { Size = size });
        for (var round = 0; round < 300; round++)
        {
            int[] prompt = [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => random.Next(4))];
            int[] generated = [.. Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(4))];
            int[] tokens = [.. prompt, .. generated];
            var seen = Enumerable.Range(0, Math.Max(0, tokens.Length - size + 1)).Select(start => string.Join(' ', tokens[start..(start + size)])).ToHashSet();
            var expected = Enumerable.Range(0, 6).Select(token => tokens.Length >= size - 1 && seen.Contains(string.Join(' ', [.. tokens[^(size - 1)..], token])) ? -100f : 0).ToArray();
            Assert.Equal(expected, plan.Processed(new float[6], prompt, generated));
        }
    }

    [Fact]
    public void Dry_costs_more_the_longer_the_repetition()
    {
        var vocabulary = TestVocabulary.Standard;
        var plan = Plans.Over(vocabulary.Context, new GreedyOptions(), new DryOptions());
        var row = plan.Processed(new float[vocabulary.Count], vocabulary.Ids("a", "b", "c", "d"), vocabulary.Ids("a", "b", "c"));
        var expected = new float[vocabulary.Count];
        expected[vocabulary.Ids("d")[0]] = -1.4f;
        Assert.Equal(expected.Select(value => MathF.Round(value, 5)), row.Select(value => MathF.Round(value, 5)));
    }

    [Fact]
    public void Dry_is_its_definition_over_random_texts()
    {
        var random = new Random(4);
        var vocabulary = TestVocabulary.Standard;
        var options = new DryOptions { Multiplier = 0.5f, Base = 2, AllowedLength = 2, Breakers = ["\n", "c"] };
        var plan = Plans.Over(vocabulary.Context, new GreedyOptions(), options);
        var breakers = Enumerable.Range(0, vocabulary.Count).Where(id => vocabulary.IsSpecial(id) || vocabulary.Bytes(id).IndexOfAny((byte)'\n', (byte)'c') >= 0).ToHashSet();
        int[] alphabet = vocabulary.Ids("a", "b", "a", "b", "ab", "\n", "abc", "</s>");
        for (var round = 0; round < 400; round++)
        {
            int[] tokens = [.. Enumerable.Range(0, 30).Select(_ => alphabet[random.Next(random.Next(2, 9))])];
            var expected = new float[vocabulary.Count];
            for (var next = 0; next < vocabulary.Count; next++)
            {
                if (breakers.Contains(next)) continue;
                var longest = Enumerable.Range(1, tokens.Length - 1).Where(at => tokens[at] == next).Select(at => Common(tokens, at, breakers)).DefaultIfEmpty().Max();
                if (longest >= 2) expected[next] = -MathF.Min(100, 0.5f * MathF.Pow(2, longest - 2));
            }

            Assert.Equal(expected, plan.Processed(new float[vocabulary.Count], tokens[..10], tokens[10..]));
        }
    }

    [Fact]
    public void Dry_stops_at_a_hundred()
    {
        var vocabulary = TestVocabulary.Standard;
        var token = vocabulary.Ids("a")[0];
        var row = Plans.Over(vocabulary.Context, new GreedyOptions(), new DryOptions()).Processed(new float[vocabulary.Count], [.. Enumerable.Repeat(token, 500)], []);
        Assert.Equal(-100, row[token]);
    }

    // How many tokens before `at` equal those that end the text, none of them a breaker.
    private static int Common(int[] tokens, int at, HashSet<int> breakers)
    {
        var length = 0;
        while (length < at && tokens[at - 1 - length] == tokens[^(length + 1)] && !breakers.Contains(tokens[at - 1 - length])) length++;
        return length;
    }
}
