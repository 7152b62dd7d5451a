using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Rewards;
using Decant.Connectors.Text;
using Decant.Connectors.Training;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;
using Decant.Tests.Connectors.Torch;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Training;

/// <summary>Small classifiers learn to tell polite answers from rude ones, and to tell what follows a question.</summary>
public class ClassifierTrainerTests
{
    private static readonly string _folder = EmbeddedModels.Folder(EmbeddedModels.Plain);
    private static readonly TextTokenizer _tokenizer = TextTokenizer.Load(_folder);

    [TorchFact]
    public void A_prefix_classifier_tells_tones_apart_early()
    {
        var options = new PrefixClassifierTrainerOptions { Steps = 150, Width = 8, StateSize = 16, BatchTexts = 16 };
        var trained = PrefixClassifierTrainer.Train(_tokenizer, Tones(200), options);
        Assert.Equal(20, trained.Texts.Count);
        Assert.True(trained.Texts is { Accuracy: >= 0.95, Auroc: >= 0.98 }, trained.Texts.ToString());
        Assert.True(trained.Prefixes.Accuracy >= 0.9, trained.Prefixes.ToString());
        Assert.True(trained.Classifier.Probability(_tokenizer.Encode("With pleasure!", addSpecialTokens: false)) > 0.7);
        Assert.True(trained.Classifier.Probability(_tokenizer.Encode("Go away!", addSpecialTokens: false)) < 0.3);
        Assert.Equal(VocabularyId.Of(_tokenizer), trained.Classifier.Vocabulary);

        // The same seed gives the same weights, another seed others.
        Assert.True(trained.Classifier.Weights.Span.SequenceEqual(PrefixClassifierTrainer.Train(_tokenizer, Tones(200), options).Classifier.Weights.Span));
        Assert.False(trained.Classifier.Weights.Span.SequenceEqual(PrefixClassifierTrainer.Train(_tokenizer, Tones(200), options with { Seed = 2, Steps = 2 }).Classifier.Weights.Span));
    }

    [TorchFact]
    public async Task A_trained_classifier_guides_to_its_attribute_and_away_from_it()
    {
        var classifier = PrefixClassifierTrainer.Train(_tokenizer, Tones(200), new PrefixClassifierTrainerOptions { Steps = 150, Width = 8, StateSize = 16, BatchTexts = 16 }).Classifier;
        using var client = LocalChatClient.Load(EmbeddedModels.Plain, new LocalChatClientOptions { Services = new DecodingServices().Add("polite", classifier) });
        async Task<int> PoliteAsync(params ProcessorOptions[] processors)
        {
            var polite = 0;
            for (var seed = 0; seed < 30; seed++)
            {
                var options = new ChatOptions { Seed = seed, Temperature = 1, MaxOutputTokens = 60 }.WithDecoding(new DecodingOptions { Processors = [.. processors] });
                polite += Tone.Score((await client.GetResponseAsync("What do you think of my lamp?", options)).Text) > 0 ? 1 : 0;
            }

            return polite;
        }

        Assert.InRange(await PoliteAsync(), 8, 22);
        Assert.InRange(await PoliteAsync(new PrefixClassifierOptions { Classifier = "polite", Lambda = 3 }), 27, 30);
        Assert.InRange(await PoliteAsync(new PrefixClassifierOptions { Classifier = "polite", Lambda = 3, Target = false }), 0, 3);
    }

    [TorchFact]
    public async Task A_head_learns_labels_and_preferences()
    {
        using var model = CpuModel.Load(_folder, new CpuModelOptions { Threads = 1 });
        var texts = Tones(120);
        var labelled = await RewardHeadTrainer.TrainAsync(model, _tokenizer, texts, new RewardHeadTrainerOptions { Steps = 60 });
        Assert.True(labelled.HeldOut is { Count: 24, Accuracy: >= 0.95, Auroc: >= 0.98 }, labelled.HeldOut.ToString());
        IReward reward = new ClassifierReward(model, _tokenizer, labelled.Head);
        var scores = await reward.ScoreAsync(new RewardContext(""), [new RewardCandidate("With pleasure! Have a wonderful day!"), new RewardCandidate("Ugh, not again! Do it yourself.")], default);
        Assert.True(scores[0] > 0.8 && scores[1] < 0.2, string.Join(" ", scores));

        List<PreferencePair> pairs = [.. texts.Where(text => text.Label).Zip(texts.Where(text => !text.Label), (chosen, rejected) => new PreferencePair(chosen.Text, rejected.Text))];
        var preferred = await RewardHeadTrainer.TrainAsync(model, _tokenizer, pairs, new RewardHeadTrainerOptions { Steps = 60, Pooling = StatePooling.Last });
        Assert.True(preferred.HeldOut is { Count: 12, Accuracy: >= 0.9 }, preferred.HeldOut.ToString());
    }

    [TorchFact]
    public async Task A_segment_scorer_finds_what_follows()
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny), new CpuModelOptions { Threads = 1 });
        List<SegmentExample> examples = [.. Mixture.General(TinyWorld.Default).Examples(1).Where(example => example is { Turns.Count: 2, Tools.Count: 0 } && example.Answer.Content.Length is > 0 and < 200).Take(600)
            .Select(example => new SegmentExample(example.Turns[0].Content, example.Answer.Content) { Negatives = [example.Turns[0].Content] })];
        var trained = await SegmentScorerTrainer.TrainAsync(model, _tokenizer, examples, new SegmentScorerTrainerOptions { Steps = 100, Width = 64 });
        Assert.True(trained is { Candidates: > 40, Accuracy: > 0.3 }, trained.ToString());

        IReward scorer = new SegmentScorer(model, _tokenizer, trained.Projections);
        var path = Path.GetTempFileName();
        try
        {
            trained.Projections.Save(path);
            IReward loaded = new SegmentScorer(model, _tokenizer, SegmentProjections.Load(path));
            RewardCandidate[] candidates = [.. examples.Take(4).Select(example => new RewardCandidate(example.Continuation))];
            foreach (var prompt in (string[])[examples[0].Prefix, examples[1].Prefix, examples[0].Prefix])
                Assert.Equal(await scorer.ScoreAsync(new RewardContext(prompt), candidates, default), await loaded.ScoreAsync(new RewardContext(prompt), candidates, default));
            File.WriteAllBytes(path, [.. File.ReadAllBytes(path)[..50]]);
            Assert.Throws<InvalidDataException>(() => SegmentProjections.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_document_is_cut_into_examples()
    {
        var examples = SegmentExample.Cut("One. Two! Three?").ToList();
        Assert.Equal([("One.", "Two!"), ("One. Two!", "Three?")], examples.Select(example => (example.Prefix, example.Continuation)));
        Assert.Equal(["One.", "Three?"], examples[0].Negatives);
        Assert.Empty(SegmentExample.Cut("One."));
    }

    [Fact]
    public void The_area_under_the_curve_is_the_pairs_that_are_ordered()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            List<(double Score, bool Label)> scored = [(0, true), (1, false), .. Enumerable.Range(0, 30).Select(_ => ((double)random.Next(6), random.Next(3) == 0))];
            var pairs = scored.Where(with => with.Label).SelectMany(with => scored.Where(without => !without.Label).Select(without => with.Score > without.Score ? 1 : with.Score == without.Score ? 0.5 : 0)).ToList();
            Assert.Equal(pairs.Average(), ClassifierQuality.Of(scored, 3).Auroc, 1e-9);
            Assert.Equal(scored.Count(each => each.Score >= 3 == each.Label) / 32.0, ClassifierQuality.Of(scored, 3).Accuracy, 1e-9);
        }
    }

    [Fact]
    public void What_cannot_be_learned_from_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PrefixClassifierTrainer.Train(_tokenizer, [new LabelledText("a", true), new LabelledText("b", true)]));
        foreach (var options in (PrefixClassifierTrainerOptions[])[new() { Width = 513 }, new() { StateSize = 0 }, new() { Steps = 0 }, new() { HeldOut = 1 }, new() { BatchTexts = 0 }, new() { MaxTokens = 0 }, new() { LearningRate = 0 }])
            Assert.Throws<ArgumentOutOfRangeException>(() => PrefixClassifierTrainer.Train(_tokenizer, Tones(8), options));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        if (TorchPresence.Missing is null) Assert.Throws<OperationCanceledException>(() => PrefixClassifierTrainer.Train(_tokenizer, Tones(8), cancellationToken: cancelled.Token));
    }

    private static IEnumerable<string> Things => [.. Words.Things, .. Words.Places];

    private static List<LabelledText> Tones(int count)
    {
        var random = new Random(5);
        string[] things = [.. Things];
        return [.. Enumerable.Range(0, count).Select(i => new LabelledText(Tone.Ask(random, things[i % things.Length], polite: i % 2 == 0).Answer.Content, i % 2 == 0))];
    }
}
