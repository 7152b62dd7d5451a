using System.Diagnostics;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Benchmarks.Mask;

/// <summary>What a constraint costs and saves per token of a model of the 135M shape with random weights, as shares of plain decoding in the same run.</summary>
internal static class ModelCost
{
    private const int Rounds = 10;
    private const int Tokens = 100;
    private static readonly string _endless = """{"type":"object","properties":{"text":{"type":"string","minLength":5000},"ok":{"type":"boolean"}},"required":["text"]}""";

    private static readonly string[] _names = ["has_a_valid_delivery_address", "agrees_to_the_terms_and_conditions", "is_a_returning_customer", "wants_to_receive_the_newsletter", "needs_an_invoice_by_post"];

    // Names are long and values short, as in forms and tool calls.
    private static readonly string _form = $$$"""
        {"type":"object","additionalProperties":false,"required":[{{{List(name => $"\"{name}\"")}}}],"properties":{{{{List(name => $"\"{name}\":" + """{"type":"boolean"}""")}}}}}
        """;

    public static Task MeasureAsync(Report report, string text) => RandomModel.MeasureAsync(
        new EngineArguments(Shape.Find("smollm2-135m"), WeightFormat.Int8, 64, 0, null), (model, _, _) => MeasureAsync(report, model, new SyntheticVocabulary(text, model.Info.VocabularySize)));

    private static async Task MeasureAsync(Report report, CpuModel model, SyntheticVocabulary vocabulary)
    {
        var context = new PlanContext { Model = model.Info, Vocabulary = vocabulary };
        var plain = DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions() }, context);
        var text = DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions(), Constraints = [new JsonSchemaOptions { Schema = _endless }] }, context);

        // A model without training repeats nothing that a lookup could find: what is drafted should be what is forced.
        var form = DecodingPlan.Compile(
            new DecodingOptions { Sampling = new GreedyOptions(), Constraints = [new JsonSchemaOptions { Schema = _form }], Speculation = new PromptLookupOptions { MinNgram = 3 } }, context);

        var (textShares, formShares) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var before = await RunAsync(model, plain, vocabulary);
            var constrained = await RunAsync(model, text, vocabulary);
            var forced = await RunAsync(model, form, vocabulary);
            var after = await RunAsync(model, plain, vocabulary);
            if (round < 0) continue;
            textShares.Add(2 * constrained / (before + after));
            formShares.Add(2 * forced / (before + after));
        }

        report.Add("constrained_text_time_per_token_to_plain", textShares, 3);
        report.Add("form_with_forced_runs_time_per_token_to_plain", formShares, 3);
    }

    // Milliseconds per token.
    private static async Task<double> RunAsync(CpuModel model, DecodingPlan plan, SyntheticVocabulary vocabulary)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1, 2, 3 }, Plan = plan, MaxTokens = Tokens, EndTokens = [.. vocabulary.EndOfTurn] };
        var (watch, count) = (new Stopwatch(), 0);
        await foreach (var _ in Generator.GenerateAsync(request))
        {
            // From the first token on: the prompt is not what is measured.
            if (count++ == 0) watch.Start();
        }

        return watch.Elapsed.TotalMilliseconds / (count - 1);
    }

    private static string List(Func<string, string> write) => string.Join(',', _names.Select(write));
}
