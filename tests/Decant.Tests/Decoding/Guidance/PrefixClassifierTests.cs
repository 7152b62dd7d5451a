using System.Runtime.InteropServices;

namespace Decant.Tests.Decoding.Guidance;

/// <summary>FUDGE: the classifier against a slow reference, guidance against worked numbers and exact enumeration, and the same file as a reward.</summary>
public class PrefixClassifierTests
{
    private const string Named = "attribute";

    [Fact]
    public void The_network_is_the_textbooks()
    {
        var vocabulary = new VocabularyId(6, 0);
        var (width, size) = (5, 7);
        var classifier = TestClassifier.Of(vocabulary, width, size);
        var weights = MemoryMarshal.Cast<byte, float>(classifier.Weights.Span).ToArray();
        int[] tokens = [3, 0, 5, 5, 1, 2, 9];
        var state = new double[size];
        for (var length = 0; length <= tokens.Length; length++)
        {
            if (length > 0 && tokens[length - 1] < vocabulary.Count) state = Next(tokens[length - 1]);
            var odds = weights[^1] + state.Select((value, i) => value * weights[weights.Length - 1 - size + i]).Sum();
            Assert.Equal(1 / (1 + Math.Exp(-odds)), classifier.Probability(tokens.AsSpan(0, length)), 1e-6);
        }

        double[] Next(int token)
        {
            var (input, recurrent) = (6 * width, (6 * width) + (3 * size * width));
            var biases = recurrent + (3 * size * size);
            double Input(int gate) => weights[biases + gate] + Enumerable.Range(0, width).Sum(i => weights[(token * width) + i] * (double)weights[input + (i * 3 * size) + gate]);
            double Recurrent(int gate) => weights[biases + (3 * size) + gate] + Enumerable.Range(0, size).Sum(i => state[i] * weights[recurrent + (i * 3 * size) + gate]);
            static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
            return [.. Enumerable.Range(0, size).Select(i =>
            {
                var (reset, update) = (Sigmoid(Input(i) + Recurrent(i)), Sigmoid(Input(size + i) + Recurrent(size + i)));
                var candidate = Math.Tanh(Input((2 * size) + i) + (reset * Recurrent((2 * size) + i)));
                return ((1 - update) * candidate) + (update * state[i]);
            })];
        }
    }

    [Fact]
    public void Worked_numbers()
    {
        var vocabulary = new TestVocabulary("a", "b", "c");
        var classifier = TestClassifier.OfLast(vocabulary, .1, .6, .9);
        float[] logits = [MathF.Log(.7f), MathF.Log(.2f), MathF.Log(.1f)];
        AssertNear([.25, .4286, .3214], new PrefixClassifierOptions { Classifier = Named });
        AssertNear([.875, .1111, .0139], new PrefixClassifierOptions { Classifier = Named, Target = false });
        AssertNear([.0438, .45, .5063], new PrefixClassifierOptions { Classifier = Named, Lambda = 2 });
        AssertNear([.3684, .6316, 0], new PrefixClassifierOptions { Classifier = Named, TopK = 2 });

        void AssertNear(double[] expected, PrefixClassifierOptions options)
        {
            var row = Plan(vocabulary, classifier, options).Row(logits);
            for (var id = 0; id < 3; id++) Assert.Equal(expected[id], row.ProbabilityOf(id), 6e-5);
        }
    }

    [Fact]
    public void With_a_classifier_that_is_right_texts_are_drawn_given_the_attribute()
    {
        // Texts end in "d" with .2 behind an "a" and with .9 behind a "b"; the classifier knows. Greedy decoding writes "ac".
        using var toy = new SearchToy("abcd", (text, next) =>
        {
            if (text.Length == 0) (next['a'], next['b']) = (.7, .3);
            else if (text.Length == 1) (next['c'], next['d']) = text == "a" ? (.8, .2) : (.1, .9);
            else next[SearchToy.End] = 1;
        });
        toy.Services.Add(Named, TestClassifier.OfLast(toy.Vocabulary, .5, .2, .9, 1e-9, 1 - 1e-9));
        var expected = toy.Enumerate(3).Where(pair => pair.Key.Contains('d')).ToDictionary(pair => pair.Key, pair => pair.Value / ((.7 * .2) + (.3 * .9)));
        var guided = toy.Plan(new DecodingOptions { Processors = [new PrefixClassifierOptions { Classifier = Named }] });
        var (state, row, logits) = (guided.CreateState([1]), new TokenDistribution(), new float[5]);
        foreach (var (text, probability) in expected)
        {
            var mass = 1.0;
            foreach (var token in text.Select(letter => letter == SearchToy.End ? 0 : letter - 'a' + 1))
            {
                toy.Model.Fill(state.Tokens, logits);
                guided.Target.Row(new BranchRows(logits), state, row);
                mass *= row.ProbabilityOf(token);
                state.Commit(token, row);
            }

            Assert.Equal(probability, mass, 1e-5);
            state.Rollback(3);
        }

        Assert.Equal("ac$", toy.Text(toy.Plan(null, new GreedyOptions())));
        Assert.Equal("bd$", toy.Text(toy.Plan(guided.Options with { Sampling = new GreedyOptions() })));
    }

    [Fact]
    public void Constraints_may_leave_tokens_that_the_classifier_never_saw()
    {
        using var toy = new SearchToy("abc", (_, next) => (next['a'], next['b'], next['c'], next[SearchToy.End]) = (.6, .2, .1, .1));
        toy.Services.Add(Named, TestClassifier.OfLast(toy.Vocabulary, .5, .5, .5, .5));
        var options = new DecodingOptions { Processors = [new PrefixClassifierOptions { Classifier = Named, TopK = 1 }], Sampling = new SamplingOptions { Seed = 1 } };
        Assert.Equal("aaaaa", toy.Text(toy.Plan(options), 5));
        Assert.Equal("cb$", toy.Text(toy.Plan(options with { Constraints = [new ChoiceOptions { Choices = ["cb"] }] }), 5));
    }

    [Fact]
    public void A_file_holds_all_of_it()
    {
        var classifier = TestClassifier.Of(new VocabularyId(40, ulong.MaxValue - 3));
        var path = Path.GetTempFileName();
        try
        {
            classifier.Save(path);
            var loaded = PrefixClassifier.Load(path);
            Assert.Equal((classifier.Vocabulary, classifier.Width, classifier.StateSize), (loaded.Vocabulary, loaded.Width, loaded.StateSize));
            Assert.Equal(classifier.Probability([1, 2, 3]), loaded.Probability([1, 2, 3]));
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"width\":5", "\"width\":4", StringComparison.Ordinal));
            Assert.Contains("need", Assert.Throws<InvalidDataException>(() => PrefixClassifier.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_classifier_of_another_vocabulary_is_refused()
    {
        var message = Assert.Throws<ArgumentException>(() => Plan(TestVocabulary.Standard, TestClassifier.Of(new VocabularyId(40, 7)), new PrefixClassifierOptions { Classifier = Named })).Message;
        Assert.Contains("another vocabulary", message);
        Assert.Contains("no PrefixClassifier of that name", Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(DecodingOptions.Read(new PrefixClassifierOptions { Classifier = "x" }), TestVocabulary.Standard.Context)).Message);
        Assert.Throws<ArgumentException>(() => TestClassifier.Of(new VocabularyId(3, 0), 1, 1, [.. Enumerable.Repeat(float.NaN, TestClassifier.Count(3, 1, 1))]));
    }

    [Fact]
    public async Task The_same_classifier_is_a_reward()
    {
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b'], next[SearchToy.End]) = (.5, .3, .2));
        var classifier = TestClassifier.OfLast(toy.Vocabulary, .5, .2, .9);
        var answer = toy.Run(toy.Plan(new BestOfOptions { N = 8, Rewards = [toy.Reward(new PrefixClassifierReward(classifier, target: false))] }), 3)[0];
        Assert.Equal(0.5, answer.Score!.Value, 1e-6);
        Assert.EndsWith("$", answer.Text);

        IReward reward = new PrefixClassifierReward(classifier, encode: toy.Vocabulary.Encode);
        Assert.Equal((0, 1, true), (reward.Minimum, reward.Maximum, reward.ScoresPartial));
        var scores = await reward.ScoreAsync(new RewardContext(""), [new RewardCandidate("ab"), new RewardCandidate("ba", isComplete: false), new RewardCandidate("")], default);
        Assert.Equal([.9, .2, .5], scores.Select(score => Math.Round(score, 4)));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await new PrefixClassifierReward(classifier).ScoreAsync(new RewardContext(""), [new RewardCandidate("ab")], default));
        Assert.Contains("Encode", fault.Message);
    }

    private static DecodingPlan Plan(TestVocabulary vocabulary, PrefixClassifier classifier, PrefixClassifierOptions options)
        => Plans.Over(vocabulary.Context with { Services = new DecodingServices().Add(Named, classifier) }, new SamplingOptions { Seed = 1 }, options);
}
