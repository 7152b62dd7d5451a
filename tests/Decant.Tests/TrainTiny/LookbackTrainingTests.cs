using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;
using Xunit.Abstractions;

namespace Decant.Tests.TrainTiny;

/// <summary>A classifier for decant-tiny: answers that tell a passage the model has never seen, against answers that go on about something else.</summary>
public class LookbackTrainingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_classifier_tells_corrupted_continuations_from_faithful_answers()
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var training = await ExamplesAsync(model, tokenizer, new Random(1), heldOut: false, count: 300);
        var heldOut = await ExamplesAsync(model, tokenizer, new Random(2), heldOut: true, count: 200);
        var classifier = LookbackTrainer.Train(model.Info.LayerCount, model.Info.HeadCount, training);
        var auroc = LookbackTrainer.Auroc(classifier, heldOut);
        output.WriteLine($"AUROC {auroc:F3} on {heldOut.Count} held-out answers, {LookbackTrainer.Auroc(classifier, training):F3} on the {training.Count} it was trained on");
        Assert.InRange(auroc, .8, 1);
    }

    /// <summary>The prompt is about a passage; the answer tells it again, or tells another one.</summary>
    private static async Task<List<LookbackExample>> ExamplesAsync(CpuModel model, TextTokenizer tokenizer, Random random, bool heldOut, int count)
    {
        var examples = new List<LookbackExample>();
        for (var i = 0; i < count; i++)
        {
            var kinds = random.PickSome(Enum.GetValues<EntityKind>(), 2);
            var (told, entity, traits) = Passage(random, kinds[0], heldOut);
            var (other, _, _) = Passage(random, kinds[1], heldOut);
            var trait = random.Pick(traits);
            var (prompt, context) = Prompt(tokenizer, told, trait.Ask(entity, random.Next(trait.Questions.Count)));
            foreach (var answer in (List<string>[])[told, other])
            {
                var tokens = Encode(tokenizer, string.Join(' ', answer));
                examples.Add(new LookbackExample(Assert.Single(await LookbackDetector.RatiosAsync(model, prompt, context, tokens, chunkSize: 100)), answer == told));
            }
        }

        return examples;
    }

    private static (List<string> Sentences, Entity Entity, IReadOnlyList<Trait> Traits) Passage(Random random, EntityKind kind, bool heldOut)
    {
        var entity = TinyWorld.Default.Invent(random, kind, heldOut);
        return (Passages.Sentences(random, entity, random.PickSome(Traits.Of(kind), 3), out var traits), entity, traits);
    }

    private static (int[] Prompt, TokenRange Context) Prompt(TextTokenizer tokenizer, List<string> sentences, string question)
    {
        var with = Encode(tokenizer, ExampleText.Default.Prompt(Example.Ask(Passages.Prompt(sentences, question), "")));
        var without = Encode(tokenizer, ExampleText.Default.Prompt(Example.Ask(question, "")));
        var start = with.AsSpan().CommonPrefixLength(without);
        return (with, new TokenRange(start, with.Length - (without.Length - start)));
    }

    private static int[] Encode(TextTokenizer tokenizer, string text) => [.. tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: true)];
}
