using System.Globalization;
using Decant.Samples.TrainTiny.Training;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>Writes a model's README.md.</summary>
internal static class ModelCard
{
    public const string EvaluationCommand = "dotnet run -c Release --project samples/TrainTiny -- --evaluate FOLDER";

    public static void Write(string path, Recipe recipe, int vocabulary, IReadOnlyList<Figure> figures)
    {
        var parameters = (recipe.Shape.Parameters(vocabulary) / 1e6).ToString("0.00", CultureInfo.InvariantCulture);
        var tokens = (recipe.Tokens / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        File.WriteAllText(path, $"""
            # {recipe.Name}

            {recipe.Purpose}

            A demonstration model: it knows an invented world and nothing of ours, and is there so that decoding methods can be tried and tested
            offline. It is not for real work.

            * Llama architecture, {parameters} million parameters: {recipe.Shape.Layers} layers, width {recipe.Shape.Hidden}, {recipe.Shape.Heads} heads ({recipe.Shape.KeyValueHeads} for keys and values), vocabulary {vocabulary}, bfloat16.
            * Trained on {tokens} million tokens that `samples/TrainTiny` generates (no outside text), with the trainer of this repository{Origin(recipe)}.
            * Prompts follow `chat_template.jinja`: `<|im_start|>role`, tools in the system turn, passages before the question, `<think>` before sums.
            * MIT licence, as the repository.

            ## Measured

            On held-out prompts, with the CPU engine, greedy unless the figure says sampled (temperature 1). {DateTime.UtcNow:yyyy-MM-dd}, by

            ```bash
            {EvaluationCommand}
            ```

            {Report.Markdown(figures)}

            Held out means: facts in a phrasing that training does not have of them; passages, JSON and tools with names that training does not have;
            agreeing passages, reports and stories about known entities of which training has single facts only; contradicting passages about facts that
            no passage in training tells, right or wrong (about the same entities' other facts it has some); sums of operands that training never adds.
            A test looks for them in the training stream.

            ## Made by

            ```bash
            dotnet run -c Release --project samples/TrainTiny
            ```

            """);
    }

    private static string Origin(Recipe recipe) => recipe.Teacher is { } teacher ? $", distilled from {teacher}" : recipe.Start is { } start ? $", starting from {start}" : "";
}
