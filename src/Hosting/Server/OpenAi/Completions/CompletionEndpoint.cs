using Decant.Connectors.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>Answers <c>POST /v1/completions</c>.</summary>
internal sealed class CompletionEndpoint(ServedModels models, EventStream events, IOptions<DecantServerOptions> options, TimeProvider? time = null)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync<CompletionRequest>(context) with { KeyOwner = ApiKeys.OwnerOf(context) };
        var (model, client) = await models.ChatAsync(request.Model, context.RequestAborted);
        var tokenizer = client.GetService<TextTokenizer>() ?? throw ApiException.Invalid($"The client of {model} has no model in this process, so it can continue no plain text. Use chat/completions.", "model");
        var prompts = CompletionPrompt.Read(request.Prompt, tokenizer);
        var calls = CompletionRequestMapper.Map(request, prompts, options.Value);
        var echoes = request.Echo == true ? prompts : null;
        var (id, created) = ($"cmpl-{Guid.NewGuid():N}", (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds());
        if (request.Stream != true)
        {
            var responses = await CallRunner.CompleteAsync(client, calls, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(CompletionResponseMapper.Map(id, created, model, calls, responses, echoes), OpenAiJson.Options, context.RequestAborted);
            return;
        }

        var updates = CallRunner.Run(client, calls, context.RequestAborted);
        await events.WriteAsync(context, new CompletionStreamMapper(id, created, model, calls, echoes, request.StreamOptions?.IncludeUsage == true), updates);
    }
}
