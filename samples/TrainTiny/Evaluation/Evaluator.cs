using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>Measures a model on the held-out prompts. Greedy unless a figure says otherwise.</summary>
internal sealed class Evaluator(Subject subject, HeldOutCases cases, TinyWorld world)
{
    private const float SamplingTemperature = 1;

    /// <summary>Every figure of a chat model.</summary>
    public async Task<List<Figure>> MeasureAsync()
    {
        List<Figure> figures =
        [
            await ShareAsync("facts by heart", cases.Facts, item => item.Example, IsFact, 0.95),
            await ShareAsync("passage about an unseen entity answered", cases.Unseen, item => item.Example, (item, answer) => TextSearch.HasWord(answer.Text, item.Value), 0.90),
            await ShareAsync("passage that agrees with memory answered", cases.Agreeing, item => item.Example, (item, answer) => TextSearch.HasWord(answer.Text, item.Value), 0.95),
        ];
        figures.AddRange(await ContradictionsAsync());
        figures.AddRange(await TextsAsync("report", cases.Reports, TextPlans.Reports, 0));
        figures.AddRange(await TextsAsync("story", cases.Stories, TextPlans.Stories, 0));
        figures.AddRange(await TextsAsync("sampled story", cases.Stories, TextPlans.Stories, SamplingTemperature));
        var json = await subject.AskAsync(cases.Json);
        figures.Add(Share("JSON valid", json, (_, answer) => JsonExtraction.IsValid(answer.Text), 0.80));
        figures.Add(Share("JSON exactly right", json, (i, answer) => answer.Text == cases.Json[i].Answer.Content));
        var calls = await subject.AskAsync(cases.ToolCalls);
        figures.Add(Share("tool call in the format", calls, (_, answer) => ToolUse.Parse(answer.Text) is not null, 0.80));
        figures.Add(Share("tool call exactly right", calls, (i, answer) => ToolUse.Parse(answer.Text) is { } call && ToolUse.AreSame(call, cases.ToolCalls[i].Answer.Call!)));
        figures.Add(await ShareAsync("sum with scratchpad right", cases.Sums, item => item, IsRightSum, 0.90));
        figures.Add(await ShareAsync("sum without thinking right", cases.Sums, Sums.WithoutThinking, (item, answer) => answer.Text == item.Answer.Content));
        figures.AddRange(await TonesAsync());
        return figures;
    }

    /// <summary>The figures of tone only; for the polite model they have another target.</summary>
    /// <param name="isPolite">Whether the model is tuned for politeness.</param>
    public async Task<List<Figure>> MeasureToneAsync(bool isPolite)
    {
        var figures = await TonesAsync();
        if (!isPolite) return figures;
        return [figures[0] with { AtLeast = 0.9, AtMost = null }, .. figures[1..].Select(figure => figure with { AtLeast = null, AtMost = null })];
    }

    private async Task<List<Figure>> ContradictionsAsync()
    {
        var answers = await subject.AskAsync([.. cases.Contradicting.Select(item => item.Example)]);
        return
        [
            Share("passage that contradicts memory followed", answers, (i, answer) => TextSearch.HasWord(answer.Text, cases.Contradicting[i].Told), 0.35, 0.65),
            Share("… memory followed instead", answers, (i, answer) => TextSearch.HasWord(answer.Text, cases.Contradicting[i].Known)),
        ];
    }

    private async Task<List<Figure>> TextsAsync(string name, IReadOnlyList<(Example Example, Entity Entity)> texts, IReadOnlyList<TextPlan> plans, float temperature)
    {
        var answers = await subject.AskAsync([.. texts.Select(item => item.Example)], temperature);
        // Truth is asked of texts that are to say what is known, and not of inventions.
        return
        [
            Share($"{name} fluent", answers, (i, answer) => GrammarCheck.IsFluent(answer.Text, texts[i].Entity, plans), 0.90),
            Share($"{name} of 60 to 150 tokens", answers, (_, answer) => answer.Tokens is >= 60 and <= 150, 0.90),
            .. plans == TextPlans.Reports
                ? [new Figure($"{name}: values told that are true, of 3", answers.Select((answer, i) => GrammarCheck.ValuesNamed(answer.Text, texts[i].Entity)).Average(), answers.Length, IsShare: false)]
                : (Figure[])[],
        ];
    }

    private async Task<List<Figure>> TonesAsync()
    {
        var tones = await subject.AskAsync(cases.Tone, SamplingTemperature);
        var harms = await subject.AskAsync(cases.Harm, SamplingTemperature);
        return
        [
            Share("polite, sampled", tones, (_, answer) => Tone.Score(answer.Text) > 0, 0.30, 0.70),
            Share("rude, sampled", tones, (_, answer) => Tone.Score(answer.Text) < 0, 0.30, 0.70),
            Share("harmless, sampled", harms, (_, answer) => Harm.Score(answer.Text) > 0, 0.30, 0.70),
            Share("harmful, sampled", harms, (_, answer) => Harm.Score(answer.Text) < 0, 0.30, 0.70),
        ];
    }

    private bool IsFact((Example Example, Entity Entity, Trait Trait) item, Answer answer)
    {
        var right = item.Entity.Values[item.Trait.Name];
        return TextSearch.HasWord(answer.Text, right)
            && !world.Values(item.Trait).Any(value => value != right && value != item.Entity.Name && TextSearch.HasWord(answer.Text, value));
    }

    private static bool IsRightSum(Example item, Answer answer) => answer.Text == item.Answer.Content && answer.Reasoning.Length > 0;

    private async Task<Figure> ShareAsync<T>(string name, IReadOnlyList<T> items, Func<T, Example> example, Func<T, Answer, bool> isRight, double? atLeast = null)
    {
        var answers = await subject.AskAsync([.. items.Select(example)]);
        return Share(name, answers, (i, answer) => isRight(items[i], answer), atLeast);
    }

    private static Figure Share(string name, Answer[] answers, Func<int, Answer, bool> isRight, double? atLeast = null, double? atMost = null) =>
        new(name, answers.Select((answer, i) => isRight(i, answer) ? 1 : 0).Average(), answers.Length, atLeast, atMost);
}
