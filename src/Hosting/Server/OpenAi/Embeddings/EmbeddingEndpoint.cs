using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>Answers <c>POST /v1/embeddings</c>.</summary>
internal sealed class EmbeddingEndpoint(ServedModels models, IOptions<DecantServerOptions> options)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync<EmbeddingRequest>(context);
        var texts = EmbeddingMapper.Texts(request, options.Value);
        var (id, generator) = await models.EmbeddingAsync(request.Model, context.RequestAborted);
        var embeddings = await generator.GenerateAsync(texts, new EmbeddingGenerationOptions { Dimensions = request.Dimensions }, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(EmbeddingMapper.Map(id, embeddings, request.EncodingFormat == "base64"), OpenAiJson.Options, context.RequestAborted);
    }
}
